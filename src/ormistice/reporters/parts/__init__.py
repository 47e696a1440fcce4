"""What reporters are made of, and the bot with them: what there is to tell, and text made fit for where it is told."""
