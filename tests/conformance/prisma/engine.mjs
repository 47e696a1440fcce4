// Answers questions about Prisma schemas, one JSON document a line:
//   {"engine": 6 | 7, "question": "ddl" | "validate", "files": [[path, text], ...]}  ->  {"answer": text} | {"refused": text}
// "ddl" is the SQL that `prisma migrate diff --from-empty` would print. The engine asks the server only for its version,
// which is answered here, so that no database is needed.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const require = createRequire(import.meta.url)
const { bindMigrationAwareSqlAdapterFactory } = require('@prisma/driver-adapter-utils')

const engines = new Map()

async function engine(version) {
  if (!engines.has(version)) {
    const glue = await import(`prisma-schema-engine-${version}/schema_engine_bg`)
    const folder = dirname(require.resolve(`prisma-schema-engine-${version}/schema_engine_bg`))
    const module = new WebAssembly.Module(readFileSync(join(folder, 'schema_engine_bg.wasm')))
    const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue })
    glue.__wbg_set_wasm(instance.exports)
    instance.exports.__wbindgen_start()
    engines.set(version, glue.SchemaEngine)
  }
  return engines.get(version)
}

const connection = {
  provider: 'postgres',
  adapterName: 'none',
  queryRaw: async () => ({
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [5, 7, 0],
    rows: [[true, 'PostgreSQL 18.0', 180000]],
  }),
  executeRaw: async () => 0,
  executeScript: async () => undefined,
  startTransaction: async () => { throw new Error('no transactions') },
  dispose: async () => undefined,
  getConnectionInfo: () => ({ schemaName: 'public', maxBindValues: 32767, supportsRelationJoins: false }),
}
const factory = {
  provider: 'postgres',
  adapterName: 'none',
  connect: async () => connection,
  connectToShadowDb: async () => connection,
}

async function ddl(version, files) {
  const SchemaEngine = await engine(version)
  const opened = await SchemaEngine.new({ datamodels: files }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory))
  try {
    const { stdout } = await opened.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: files.map(([path, content]) => ({ path, content })) },
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return stdout ?? ''
  } finally {
    opened.free()
  }
}

function validate(version, files) {
  require(`prisma-schema-${version}`).validate(JSON.stringify({ prismaSchema: files, noColor: true }))
  return ''
}

function message(error) {
  const text = error?.message ?? String(error)
  try {
    return JSON.parse(text).message ?? text
  } catch {
    return text
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { engine: version, question, files } = JSON.parse(line)
  let reply
  try {
    reply = { answer: await (question === 'ddl' ? ddl : validate)(version, files) }
  } catch (error) {
    reply = { refused: message(error) }
  }
  process.stdout.write(JSON.stringify(reply) + '\n')
}
