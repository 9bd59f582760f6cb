// SPDX-License-Identifier: Apache-2.0
// Searching judged on sample websites: serves each, lets eval_search crawl it and ask
// its questions, and prints one line a site.
//
//     make tests/eval/eval_search && node tests/eval/run.mjs [--sites a,b] [options of eval_search]
//
// The weights in core/know/score.c were fitted on golf, home and clinic; salon was kept
// apart. To fit anew: run with `-d features.csv --sites golf,home,clinic`, then fit.mjs.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../sites/serve.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const build = process.env.SB_TEST_BUILDDIR || path.join(here, '../../build/main');
const all = {
  golf: { folder: 'golf', vertical: 'golf' },
  home: { folder: 'home', vertical: 'home_services' },
  clinic: { folder: '../eval/clinic' },
  salon: { folder: 'salon', vertical: 'salon' },
  roofing: { folder: 'roofing', vertical: 'home_services' },
};

const options = process.argv.slice(2);
const at = options.indexOf('--sites');
const wanted = at < 0 ? Object.keys(all) : options.splice(at, 2)[1].split(',');

function run(url, name, { folder, vertical }) {
  const dir = path.join(here, '../sites', folder);
  const { synonyms = [] } = JSON.parse(readFileSync(path.join(dir, 'site.json'), 'utf8'));
  const args = [...options, '-n', name, ...synonyms.flatMap((line) => ['-s', line]), url,
    path.join(dir, 'questions.json'), ...(vertical ? [vertical] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(build, 'tests/eval/eval_search'), args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

for (const name of wanted) {
  const site = await serve(all[name].folder);
  console.log(`== ${name}`);
  const status = await run(site.origin, name, all[name]);
  await site.close();
  if (status) process.exitCode = 1;
}
