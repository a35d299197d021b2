import { expect, test } from "vnsim/playwright";

test("a person signs in by cookie", async ({ sandbox, page }) => {
  await sandbox.person("administrator").signIn(page);
  await expect(page.locator("h1")).toHaveText("Visma Home");
});

test("a person signs in through the pages and opens a page", async ({ sandbox, page }) => {
  await sandbox.person("administrator").signIn(page, { through: "pages", to: "/admin/users" });
  await expect(page).toHaveURL(/\/admin\/users/);
});

test("the activation mail leads into the sandbox", async ({ sandbox }) => {
  const mail = await sandbox.inbox.wait({ to: sandbox.person("not_activated").email });
  expect(mail.links[0]).toContain(`${sandbox.url}/connect/activate/`);
});

test("a message that never came names those that did", async ({ sandbox }) => {
  await expect(sandbox.inbox.wait({ subject: "never sent", seconds: 0 })).rejects.toThrow(/"never sent" in its subject.*\n {2}mail to/s);
});

test("a fact that does not hold says what is so", async ({ sandbox }) => {
  await sandbox.check({ person_status: { person: "user", status: "active" } });
  await expect(sandbox.check({ person_status: { person: "user", status: "locked" } })).rejects.toThrow(/but: "active"/);
});

test("a person who is not there, and a call that is refused", async ({ sandbox }) => {
  expect(() => sandbox.person("nobody")).toThrow(/there are .*administrator/);
  await expect(sandbox.faults.add("email.deliverr")).rejects.toThrow(/operation/);
  expect((await sandbox.personAt(sandbox.person("user").email)).key).toBe("user");
});

test.describe("a clock of its own", () => {
  test.use({ vnsim: { scenario: "company-no", now: "2022-03-01T09:00+01:00", with: { people: [{ key: "user", status: "locked" }] } } });

  test("moves by what is asked", async ({ sandbox }) => {
    await sandbox.check({ person_status: { person: "user", status: "locked" } });
    await sandbox.clock.advance({ days: 1, hours: 1 });
    expect((await sandbox.clock.now()).toISOString()).toBe("2022-03-02T09:00:00.000Z");
  });

  test("queue, faults, snapshots, and another sandbox", async ({ sandbox, newSandbox }) => {
    await sandbox.snapshot("before");
    await sandbox.jobs.hold();
    await sandbox.faults.add("email.deliver", { outcome: "bounce" });
    expect(await sandbox.faults.all()).toHaveLength(1);
    await sandbox.reset("before");
    expect(await sandbox.faults.all()).toEqual([]);
    const other = await newSandbox({ scenario: "company-se", delays: "none", faults: [{ operation: "email.deliver" }] });
    expect(await other.faults.all()).toHaveLength(1);
    expect(other.name).not.toBe(sandbox.name);
  });
});

test("requests are listed and verified, and secrets are not in them", async ({ sandbox, page }) => {
  const person = sandbox.person("administrator");
  await person.signIn(page, { through: "pages" });
  expect((await sandbox.requests.verify({ method: "POST", path: "**/login/password" })).holds).toBe(true);
  expect(JSON.stringify(await sandbox.requests.har())).not.toContain(person.password);
});
