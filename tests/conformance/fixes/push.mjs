// The statements with which drizzle-kit would push a schema to a database, as JSON: node push.mjs SCHEMA.ts URL
import { drizzle } from "drizzle-orm/node-postgres";
import { pushSchema } from "drizzle-kit/api";
import { createRequire } from "node:module";
import pg from "pg";
import { exportsOf } from "../exports.mjs";

const [file, url] = process.argv.slice(2);
const found = await exportsOf(file, createRequire(import.meta.url));

const client = new pg.Client({ connectionString: url });
await client.connect();
// What drizzle-kit tells of its progress is no part of the answer.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
const { statementsToExecute } = await pushSchema(found, drizzle(client));
await client.end();
write(JSON.stringify(statementsToExecute));
