// What a schema module in TypeScript exports, with drizzle-orm and esbuild as `require` finds them.
import vm from "node:vm";

export async function exportsOf(file, require) {
  const { build } = require("esbuild");
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
  vm.runInThisContext(`(function (module, exports, require) {${bundled.outputFiles[0].text}\n})`)(module, module.exports, require);
  return module.exports;
}
