"""The pull request comment: what a change introduces, told where it is reviewed."""
