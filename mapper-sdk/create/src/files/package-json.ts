import type { Design } from "../design.ts";
import type { Template } from "../templates/template.ts";

/** Versions of ours that the new mapper asks for: whatever is compatible with the first. */
const ours = "^0.1.0";

/** `package.json` of the new mapper. */
export function packageJson({ name }: Design, template: Template, hasEmulator: boolean): string {
  const emulator = hasEmulator ? " --emulator dist/emulator.js" : "";
  const manifest = {
    name,
    version: "0.1.0",
    description: `An Edgetwin mapper for the ${name}`,
    type: "module",
    engines: { node: ">=20.19" },
    exports: `./dist/${name}.js`,
    files: ["dist", "manifests", "README.md"],
    scripts: {
      build: "tsc",
      test: `tsc && node --test dist/*.test.js && edgetwin model yaml dist/${name}.js --check manifests/${name}.yaml`,
      start: `tsc && edgetwin mapper try${emulator}`,
    },
    dependencies: { "@edgetwin/mapper-sdk": ours, ...template.dependencies },
    devDependencies: {
      "@edgetwin/agent": ours,
      "@edgetwin/board-rpi4": ours,
      "@types/node": "^20.19.0",
      typescript: "^7.0.2",
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** `tsconfig.json`: strict, for Node 20, from `src` to `dist`. */
export const tsconfig = `{
  "compilerOptions": {
    "target": "es2022",
    "lib": ["es2023", "esnext.disposable"],
    "module": "nodenext",
    "types": ["node"],
    "rootDir": "src",
    "outDir": "dist",
    "declaration": true,
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "rewriteRelativeImportExtensions": true,
    "noEmitOnError": true,
    "skipLibCheck": true
  },
  "include": ["src"]
}
`;

export const gitignore = "node_modules\ndist\n.edgetwin\n";
