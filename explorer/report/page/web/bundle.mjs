// node bundle.mjs LIBRARIES OUT: joins the files of this folder and the chart library into the template of the page.
// Its policy names the digests of its script and of its style: the page lets no other run.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [libraries, out] = process.argv.slice(2);
const { build } = await import(pathToFileURL(join(libraries, 'node_modules/esbuild/lib/main.js')));

async function bundled(entry) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    nodePaths: [join(libraries, 'node_modules')],
    format: 'iife',
    target: ['chrome100', 'firefox100', 'safari15'],
    charset: 'utf8',
    legalComments: 'inline', // the licence of the chart library stays with its code
    logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}

const digest = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const script = await bundled('main.js');
const style = await bundled('page.css');
if (/<\/(script|style)/i.test(script + style)) throw new Error('a part of the page would end its own element');

const parts = {
  '@POLICY@': [
    "default-src 'none'",
    `script-src ${digest(script)}`,
    `style-src ${digest(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
  '@STYLE@': style,
  '@SCRIPT@': script,
};
const skeleton = readFileSync(join(here, 'page.html'), 'utf8');
writeFileSync(
  out,
  skeleton.replace(/@(POLICY|STYLE|SCRIPT)@/g, (mark) => parts[mark]),
);
