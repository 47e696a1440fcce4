// The statements with which drizzle-kit would push a schema to a database, as JSON: node push.mjs SCHEMA.ts URL
import { build } from "esbuild";
import { drizzle } from "drizzle-orm/node-postgres";
import { pushSchema } from "drizzle-kit/api";
import { createRequire } from "node:module";
import vm from "node:vm";
import pg from "pg";

const [file, url] = process.argv.slice(2);
const bundled = await build({
  entryPoints: [file],
  bundle: true,
  write: false,
  platform: "node",
  format: "cjs",
  external: ["drizzle-orm", "drizzle-orm/*"],
  logLevel: "silent",
});
const module = { exports: {} };
const require = createRequire(import.meta.url);
vm.runInThisContext(`(function (module, exports, require) {${bundled.outputFiles[0].text}\n})`)(module, module.exports, require);

const client = new pg.Client({ connectionString: url });
await client.connect();
// What drizzle-kit tells of its progress is no part of the answer.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
const { statementsToExecute } = await pushSchema(module.exports, drizzle(client));
await client.end();
write(JSON.stringify(statementsToExecute));
