// What people do at the hub, in a real browser: sign up, be let in, log in, run a cell.
// Prints a line "ok …" or "FAILED …" for each thing that it looked at.
import { createRequire } from 'node:module';

const [base, work, chromium] = process.argv.slice(2);
const { chromium: browserType } = createRequire(`${work}/node/`)('playwright-core');
const PASSWORD = 'seven green trains sing';
const ADMIN = { name: 'gradus-vera', password: process.env.GRADUS_ADMIN_PASSWORD };
const STUDENTS = ['gradus-anna', 'gradus-ben'];
const TEACHER = 'gradus-tom';

let failed = 0;
const check = (what, good, why = '') => {
  if (!good) failed++;
  console.log(good ? `ok ${what}` : `FAILED ${what}: ${String(why).replace(/\s+/g, ' ').slice(0, 300)}`);
};

const browser = await browserType.launch({
  executablePath: chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
});

// A person has a browser of their own: nobody's session leaks into another's.
async function person() {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  context.setDefaultTimeout(60000);
  return context.newPage();
}

const text = (page) => page.locator('body').innerText();

async function signUp(name) {
  const page = await person();
  await page.goto(`${base}/hub/signup`);
  await page.fill('input[name=username]', name);
  await page.fill('#password_input', PASSWORD);
  await page.fill('#password_confirmation_input', PASSWORD);
  await page.click('#signup_submit');
  await page.waitForLoadState();
  const said = await text(page);
  await page.context().close();
  return said;
}

async function logIn(page, name, password) {
  await page.goto(`${base}/hub/login?next=%2Fhub%2Fhome`);
  await page.fill('input[name=username]', name);
  await page.fill('input[name=password]', password);
  await page.click('input[type=submit], button[type=submit]');
  await page.waitForLoadState();
  return (await page.locator('#logout').count()) > 0;
}

// Opens the own server on a notebook and runs its cells; returns what they printed.
async function runNotebook(page, name) {
  await page.goto(`${base}/hub/spawn/${name}?next=${encodeURIComponent(`/user/${name}/lab/tree/hello.ipynb`)}`);
  await page.waitForURL(`**/user/${name}/lab/**`, { timeout: 90000 });
  await page.waitForSelector('.jp-Notebook .jp-CodeCell', { timeout: 90000 });
  const cells = await page.locator('.jp-CodeCell').count();
  for (let i = 0; i < cells; i++) {
    const prompt = () => page.evaluate((n) => document.querySelectorAll('.jp-CodeCell')[n]?.querySelector('.jp-InputPrompt')?.innerText ?? '', i);
    // A key that is pressed before JupyterLab has its kernel is lost: a person presses again.
    for (let tries = 0; tries < 20 && !/[\d*]/.test(await prompt()); tries++) {
      await page.locator('.jp-CodeCell .cm-content').nth(i).click();
      await page.keyboard.press('Control+Enter');
      await page.waitForTimeout(1000);
    }
    for (const end = Date.now() + 90000; Date.now() < end && !/\d/.test(await prompt()); ) await page.waitForTimeout(100);
  }
  return page.locator('.jp-Notebook').innerText();
}

try {
  // Before anybody is let in.
  check('a wrong password is refused', !(await logIn(await person(), ADMIN.name, 'not the password at all')));
  check("the admin's name cannot be signed up by another", !/sent to the admin|successful/.test(await signUp(ADMIN.name)), 'it was taken');
  for (const name of [...STUDENTS, TEACHER]) {
    const said = await signUp(name);
    check(`${name} signs up`, said.includes('sent to the admin'), said);
  }
  await signUp('gradus-kim'); // a second admin by setting, who has not been let in
  check('a second admin waits to be let in too', !(await logIn(await person(), 'gradus-kim', PASSWORD)));
  check('a student waits to be let in', !(await logIn(await person(), STUDENTS[0], PASSWORD)));

  // The admin lets them in.
  const admin = await person();
  check('the admin logs in', await logIn(admin, ADMIN.name, ADMIN.password), await text(admin));
  for (const name of [...STUDENTS, TEACHER]) {
    await admin.goto(`${base}/hub/authorize`);
    await admin.click(`a[href$="/authorize/${name}"]`);
    await admin.waitForLoadState();
    check(`the admin lets ${name} in`, (await admin.locator(`tr[id="${name}"]`).innerText()).includes('Yes'), await text(admin));
  }

  // They work.
  for (const name of [...STUDENTS, TEACHER]) {
    const page = await person();
    check(`${name} logs in`, await logIn(page, name, PASSWORD), await text(page));
    const started = Date.now();
    const printed = await runNotebook(page, name);
    check(`${name} runs a notebook on the Go kernel (${((Date.now() - started) / 1000).toFixed(1)} s from the click)`, printed.includes(`6 times 7 is 42, says ${name}`), printed);
    await page.screenshot({ path: `${work}/${name}.png` });
    if (name !== TEACHER) {
      const other = STUDENTS.find((s) => s !== name);
      check(`${name}'s cell cannot read ${other}'s file`, printed.includes('permission denied') && !printed.includes('a secret'), printed);
      const response = await page.goto(`${base}/user/${other}/api/contents/secret.txt?content=1`);
      const said = await text(page);
      check(`${name}'s browser cannot read ${other}'s file (${response.status()})`, response.status() >= 400 && !said.includes('a secret'), said);
      check(`${name} does not see the class`, (await page.goto(`${base}/hub/admin`)).status() === 403);
    } else {
      await page.goto(`${base}/hub/admin`);
      await page.waitForSelector('table tbody tr');
      const said = await text(page);
      check('the teacher sees the class', STUDENTS.every((s) => said.includes(s)), said);
      check('the teacher does not let people in, which would be the admin\'s power', (await page.goto(`${base}/hub/authorize`)).status() === 403);
      const status = (await page.goto(`${base}/user/${STUDENTS[0]}/api/contents/secret.txt`)).status();
      check(`the teacher does not open a student's server unless the school says so (${status})`, status >= 400);
    }
    await page.context().close();
  }
} catch (e) {
  for (const context of browser.contexts()) await context.pages().at(-1)?.screenshot({ path: `${work}/failed.png` });
  check('the browser got to the end', false, e.stack ?? e);
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
