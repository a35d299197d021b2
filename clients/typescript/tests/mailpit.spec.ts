import { MailpitClient } from "mailpit-api";
import { expect, test } from "vnsim/playwright";

test("a client of Mailpit reads, searches, marks and deletes", async ({ sandbox }) => {
  const client = new MailpitClient(sandbox.mailpitUrl, { auth: { username: "any", password: "any" } });
  const person = sandbox.person("not_activated");
  const activation = await client.waitForMessage({ query: `to:${person.email} is:unread` });
  expect(activation.Text).toContain(`${sandbox.url}/connect/activate/`);
  expect(await client.renderMessageHTML(activation.ID)).toContain("<html");
  expect((await client.searchMessages({ query: "is:read" })).messages_count).toBe(1);
  await client.setReadStatus({ Read: false });
  await client.setTags({ IDs: [activation.ID], Tags: ["seen"] });
  expect(await client.getTags()).toEqual(["seen"]);
  await client.deleteMessages();
  expect((await client.listMessages()).total).toBe(0);
});

test("a mail of the tested application comes back with its file, and is in the sandbox's own inbox", async ({ sandbox }) => {
  const client = new MailpitClient(sandbox.mailpitUrl);
  const { ID } = await client.sendMessage({
    From: { Email: "shop@shop.example", Name: "Shop" },
    To: [{ Email: "buyer@shop.example" }],
    Subject: "Order 12",
    Text: "Your code is 482913.",
    Attachments: [{ Content: btoa("hello"), Filename: "order.txt" }],
  });
  const mail = await client.getMessageSummary(ID);
  const [file] = mail.Attachments;
  expect(await (await client.getMessageAttachment(ID, file!.PartID)).text()).toBe("hello");
  expect((await sandbox.inbox.wait({ to: "buyer@shop.example" })).codes).toEqual(["482913"]);
});

test("what the simulator leaves out says so", async ({ sandbox, request }) => {
  const client = new MailpitClient(sandbox.mailpitUrl);
  await expect(client.htmlCheck()).rejects.toThrow(/does not check HTML/);
  const events = await request.get(`${sandbox.mailpitUrl}/api/events`);
  expect([events.status(), await events.text()]).toEqual([501, expect.stringContaining("no WebSocket")]);
});
