/** A sandbox and what is in it, with the words of the control API. */
import { setTimeout } from "node:timers/promises";

import { type Api, inPath, type Query, Refused, type Schemas } from "./api.js";

export type Fact = Record<string, unknown>;
export type Message = Schemas["Message"];
export type Cookie = { name: string; value: string; domain: string; path: string };

/** What of a Playwright page signing in needs, so that this module does without Playwright. */
export interface Page {
  goto(url: string): Promise<unknown>;
  waitForURL(url: string): Promise<void>;
  locator(selector: string): { fill(value: string): Promise<void>; press(key: string): Promise<void> };
  context(): { addCookies(cookies: Cookie[]): Promise<void> };
}

/** How a sandbox is created; the control API's page describes each. */
export interface Creation {
  scenario?: string;
  scenario_text?: string;
  name?: string;
  language?: "nb" | "nl" | "sv" | "en";
  now?: string;
  mode?: "live" | "running" | "frozen";
  seed?: string;
  ttl?: number;
  tags?: string[];
  with?: Record<string, unknown>;
  delays?: "real" | "none";
}

/** One sandbox. */
export class Sandbox {
  readonly name: string;
  /** Its address, which mails and pages print. */
  readonly url: string;
  /** Its address with the key that opens it on a network: for pages and programs. */
  readonly baseUrl: string;
  /** The address for clients of Mailpit. */
  readonly mailpitUrl: string;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly requests: Requests;

  constructor(
    private readonly api: Api,
    readonly raw: Schemas["Sandbox"],
  ) {
    this.name = raw.name;
    this.url = raw.url;
    this.baseUrl = raw.join_base;
    this.mailpitUrl = `${raw.join_base}/mailpit`;
    this.inbox = new Inbox(this);
    this.clock = new Clock(this);
    this.jobs = new Jobs(this);
    this.faults = new Faults(this);
    this.journal = new Journal(this);
    this.requests = new Requests(this);
  }

  /** A person of the scenario's cast by key, such as `administrator`. */
  person(key: string): Person {
    const raw = this.raw.people.find((cast) => cast.key === key);
    if (raw) return new Person(this, raw);
    const keys = this.raw.people.map((cast) => cast.key).sort();
    throw new Error(`There is no person "${key}" in ${this.name}; there are ${keys.join(", ")}. Others are found by personAt(email).`);
  }

  /** A person by e-mail address, also one who was added since. */
  async personAt(email: string): Promise<Person> {
    for (let after: string | undefined; ; ) {
      const people = await this.get<Schemas["Person"][]>("/people", { after });
      const raw = people.find((person) => person.email === email.toLowerCase());
      if (raw) return new Person(this, raw);
      after = people.at(-1)?.email;
      if (after === undefined) throw new Error(`There is no person ${email} in ${this.name}.`);
    }
  }

  /** Check facts, as `{ person_status: { person: "user", status: "active" } }`; throws what was found instead. */
  async check(...facts: Fact[]): Promise<void> {
    const answers = await this.call<Schemas["Finding"][]>("POST", "/check", { facts });
    const wrong = answers.filter((answer) => !answer.holds);
    if (wrong.length === 0) return;
    const lines = wrong.map((answer) => `  ${JSON.stringify(answer.fact)}\n    but: ${JSON.stringify(answer.found)}`);
    throw new Error([`${wrong.length} of ${facts.length} facts do not hold in ${this.name}:`, ...lines].join("\n"));
  }

  async snapshot(name: string): Promise<void> {
    await this.call("POST", "/snapshots", { name });
  }

  /** Put the sandbox back to a snapshot, or to how it was created. */
  async reset(snapshot?: string): Promise<void> {
    await this.call("POST", "/reset", snapshot === undefined ? {} : { snapshot });
  }

  /** The whole sandbox as one file, which `vnsim sandbox import` opens. */
  async export(): Promise<Buffer> {
    return this.api.content(this.path("/export"));
  }

  /** What changed since the creation, a snapshot or an instant, in sentences. */
  async diff(from = "creation"): Promise<unknown> {
    return this.get("/diff", { from });
  }

  /** Delete the sandbox; one that is gone already is fine. */
  async delete(): Promise<void> {
    try {
      await this.call("DELETE", "");
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
    }
  }

  /** Any call that reads, below the sandbox's own path. */
  async get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.api.get<Answer>(this.path(path), query);
  }

  /** Any call of the control API below the sandbox's own path. */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.api.call<Answer>(method, this.path(path), body);
  }

  private path(path: string): string {
    return `/sandboxes/${inPath(this.name)}${path}`;
  }
}

/** A person of the sandbox. */
export class Person {
  readonly key: string;
  readonly email: string;
  readonly name: string;
  /** The password; null for a person who has none yet. */
  readonly password: string | null;
  readonly phone: Phone;

  constructor(
    private readonly sandbox: Sandbox,
    readonly raw: Schemas["Person"],
  ) {
    this.key = raw.key ?? "";
    this.email = raw.email;
    this.name = `${raw.first_name} ${raw.last_name}`;
    this.password = raw.password;
    this.phone = new Phone(sandbox, `/people/${inPath(raw.email)}`);
  }

  /** A code of the authenticator that was not used yet. */
  async code(): Promise<string> {
    return this.phone.code();
  }

  /** Sign in without any page: the cookie, for Playwright's `addCookies`. */
  async session(): Promise<Cookie> {
    const { cookie } = await this.sandbox.call<Schemas["Session"]>("POST", this.path("/session"), {});
    return { ...cookie, domain: new URL(this.sandbox.url).hostname };
  }

  /** What the token endpoint answers an application after this person signed in. */
  async token(clientId: string, more: { scope?: string; tenant?: string; amr?: string[] } = {}): Promise<Schemas["Tokens"]> {
    return this.sandbox.call("POST", this.path("/token"), { client_id: clientId, ...more });
  }

  /** Sign in in a Playwright page, by cookie or through the sign-in pages, and open a page of the sandbox. */
  async signIn(page: Page, { through = "cookie", to = "/home/" }: { through?: "cookie" | "pages"; to?: string } = {}): Promise<void> {
    if (through === "cookie") {
      // Before any page: a script of an open one may still be sent a cookie of its own.
      await page.context().addCookies([await this.session()]);
      await page.goto(`${this.sandbox.baseUrl}${to}`);
      return;
    }
    if (this.password === null) throw new Error(`${this.email} has no password; sign in by cookie, or set one in the overlay.`);
    await page.goto(`${this.sandbox.baseUrl}/connect/`);
    await enter(page, "Username", this.email);
    await enter(page, "Password", this.password);
    if (this.raw.totp_secret) await enter(page, "AuthCode", await this.code());
    await page.waitForURL("**/home/**");
    if (to !== "/home/") await page.goto(`${this.sandbox.baseUrl}${to}`);
  }

  private path(path: string): string {
    return `/people/${inPath(this.email)}${path}`;
  }
}

/** A person's phone: the authenticator on it, and the sign-ins that wait for its owner. */
export class Phone {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly path: string,
  ) {}

  /** A code of the authenticator that was not used yet. */
  async code(): Promise<string> {
    return (await this.sandbox.get<Schemas["Code"]>(`${this.path}/totp`)).code;
  }

  /** The number of the newest sign-in that waits, as the sign-in page shows it. */
  async number(): Promise<string> {
    return String((await this.sandbox.get<{ number: string | number }>(`${this.path}/push`)).number);
  }

  async approve(): Promise<void> {
    await this.sandbox.call("POST", `${this.path}/push`, { answer: "approve" });
  }

  async deny(): Promise<void> {
    await this.sandbox.call("POST", `${this.path}/push`, { answer: "deny" });
  }
}

async function enter(page: Page, field: string, value: string): Promise<void> {
  await page.locator(`[name=${field}]`).fill(value);
  await page.locator(`[name=${field}]`).press("Enter");
}

/** The messages that the sandbox sent to anybody. */
export class Inbox {
  constructor(private readonly sandbox: Sandbox) {}

  async all(filter: { to?: string; kind?: "mail" | "sms" | "push"; after?: number } = {}): Promise<Message[]> {
    return this.sandbox.get("/messages", filter);
  }

  /** The first message that fits; waits for it up to `seconds`, at most 30. */
  async wait({
    to,
    subject = "",
    kind = "mail",
    after = 0,
    seconds = 10,
  }: { to?: string; subject?: string; kind?: "mail" | "sms" | "push"; after?: number; seconds?: number } = {}): Promise<Message> {
    for (let last = after; ; ) {
      const query: Query = { to, kind, after: last, wait: seconds };
      const messages = await this.sandbox.get<Message[]>("/messages", query);
      const fitting = messages.find((message) => message.subject.toLowerCase().includes(subject.toLowerCase()));
      if (fitting) return fitting;
      const newest = messages.at(-1);
      if (!newest) break;
      last = newest.id;
    }
    const sought = `${kind} to ${to ?? "anybody"}${subject ? ` with "${subject}" in its subject` : ""}`;
    const others = (await this.all()).map((message) => `  ${message.kind} to ${message.to}: ${message.subject}`);
    throw new Error([`No ${sought} within ${seconds} seconds. There are:`, ...(others.length ? others : ["  none"])].join("\n"));
  }
}

/** The clock of the sandbox. */
export class Clock {
  constructor(private readonly sandbox: Sandbox) {}

  async now(): Promise<Date> {
    return new Date((await this.sandbox.get<Schemas["Clock"]>("/clock")).now);
  }

  async set(changes: { now?: string | Date; mode?: "live" | "running" | "frozen" }): Promise<void> {
    const { now } = changes;
    await this.sandbox.call("PUT", "/clock", { ...changes, ...(now instanceof Date ? { now: now.toISOString() } : {}) });
  }

  /** Move the clock ahead; answers the events that this caused. */
  async advance(howFar: { seconds?: number; minutes?: number; hours?: number; days?: number }): Promise<Schemas["Event"][]> {
    const { seconds = 0, minutes = 0, hours = 0, days = 0 } = howFar;
    const all = Math.round(seconds + 60 * (minutes + 60 * (hours + 24 * days)));
    return (await this.sandbox.call<Schemas["Advanced"]>("POST", "/clock/advance", { seconds: all })).fired;
  }
}

/** The queue of the sandbox. */
export class Jobs {
  constructor(private readonly sandbox: Sandbox) {}

  /** Let jobs run only when `run` is called. */
  async hold(): Promise<void> {
    await this.sandbox.call("PUT", "/jobs", { mode: "manual" });
  }

  async release(): Promise<void> {
    await this.sandbox.call("PUT", "/jobs", { mode: "auto" });
  }

  /** Run the jobs that are due. */
  async run(): Promise<Schemas["Job"][]> {
    return this.sandbox.call("POST", "/jobs/run", {});
  }

  async all(): Promise<Schemas["Job"][]> {
    return (await this.sandbox.get<Schemas["Queue"]>("/jobs")).jobs;
  }
}

/** What fails in the sandbox because a test says so. */
export class Faults {
  constructor(private readonly sandbox: Sandbox) {}

  async add(operation: string, more: Record<string, unknown> = {}): Promise<Schemas["Fault"]> {
    return this.sandbox.call("POST", "/faults", { operation, ...more });
  }

  async all(): Promise<Schemas["Fault"][]> {
    return this.sandbox.get("/faults");
  }

  async clear(): Promise<void> {
    await this.sandbox.call("DELETE", "/faults");
  }
}

/** What happened in the sandbox. */
export class Journal {
  constructor(private readonly sandbox: Sandbox) {}

  async all(filter: { type?: string; after?: number } = {}): Promise<Schemas["Event"][]> {
    return this.sandbox.get("/events", filter);
  }
}

/** What browsers and programs asked of the sandbox. */
export class Requests {
  constructor(private readonly sandbox: Sandbox) {}

  async all(filter: Query = {}): Promise<Schemas["Request"][]> {
    return this.sandbox.get("/requests", filter);
  }

  /** Whether requests were sent as described; with what came closest. */
  async verify(sought: Record<string, unknown>): Promise<Schemas["Verification"]> {
    return this.sandbox.call("POST", "/requests/verify", sought);
  }

  /** The requests as an HTTP Archive. */
  async har(): Promise<unknown> {
    return this.sandbox.get("/requests.har");
  }
}

/** Try again until something is there, for as long as `seconds`. */
export async function until<Value>(seconds: number, look: () => Promise<Value | undefined>): Promise<Value | undefined> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const value = await look();
    if (value !== undefined || performance.now() > end) return value;
    await setTimeout(50);
  }
}
