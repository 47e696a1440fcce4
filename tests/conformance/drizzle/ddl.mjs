// The SQL that drizzle-kit creates a schema with. One request for each line of standard input, one answer for each:
// {"version": "v0", "file": "/absolute/schema.ts", "casing": "snake_case"} -> {"answer": "CREATE TABLE ..."} or {"refused": "..."}
// With "relations": true the answer is what drizzle's client follows instead, each as two lists of [table, column].
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { exportsOf } from "../exports.mjs";

const here = path.dirname(new URL(import.meta.url).pathname);
console.log = console.error;
// drizzle-kit ends the process where it does not like a schema.
process.exit = (code) => {
  throw new Error(`drizzle-kit exits with ${code}`);
};

const spelled = (table, column) => [table[Symbol.for("drizzle:Name")], column.name];

function olderRelations(found, { createTableRelationsHelpers, extractTablesRelationalConfig, normalizeRelation }) {
  const { tables, tableNamesMap } = extractTablesRelationalConfig(found, createTableRelationsHelpers);
  return Object.values(tables).flatMap((table) =>
    Object.values(table.relations).map((relation) => {
      const { fields, references } = normalizeRelation(tables, tableNamesMap, relation);
      return [fields, references].map((side) => side.map((column) => spelled(column.table, column)));
    }),
  );
}

function newerRelations({ relations }) {
  const named = (side) => side.map(({ _: { tableName, column } }) => spelled(relations[tableName].table, column));
  return Object.values(relations).flatMap(({ relations: own }) =>
    Object.values(own).flatMap(({ sourceColumns, targetColumns, through }) =>
      through
        ? [[named(through.source), named(sourceColumns)], [named(through.target), named(targetColumns)]]
        : [[named(sourceColumns), named(targetColumns)]],
    ),
  );
}

async function answer({ version, file, casing, relations }) {
  const require = createRequire(path.join(here, version, "package.json"));
  const found = await exportsOf(file, require);
  if (relations) {
    return version === "v0" ? olderRelations(found, require("drizzle-orm")) : newerRelations(found);
  }
  if (version === "v0") {
    const kit = require("drizzle-kit/api");
    const made = kit.generateDrizzleJson(found, undefined, undefined, casing ?? undefined);
    return (await kit.generateMigration(kit.generateDrizzleJson({}), made)).join("\n");
  }
  const kit = require("drizzle-kit/api-postgres");
  return (await kit.generateMigration(await kit.generateDrizzleJson({}), await kit.generateDrizzleJson(found))).join("\n");
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = { answer: await answer(JSON.parse(line)) };
  } catch (error) {
    reply = { refused: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
