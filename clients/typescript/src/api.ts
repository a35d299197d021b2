/** The control API: calls, and what refuses them. */
import type { components } from "./control-api.js";

export type Schemas = components["schemas"];

/** The server refused a call; the message says what is wrong and where. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** No simulator answers, or none can be started. */
export class NoServer extends Error {
  override readonly name = "NoServer";
}

export type Query = Record<string, string | number | boolean | undefined>;

/** The control API of one server. */
export class Api {
  readonly url: string;

  constructor(
    url: string,
    private readonly token?: string,
  ) {
    this.url = url.replace(/\/+$/, "");
  }

  async get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
    return this.call<Answer>("GET", parameters.size ? `${path}?${parameters}` : path);
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.answer(method, path, body);
    const text = await answer.text();
    return (text ? JSON.parse(text) : undefined) as Answer;
  }

  async content(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.answer("GET", path)).arrayBuffer());
  }

  private async answer(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = {};
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer: Response;
    try {
      answer = await fetch(`${this.url}/_sim${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    } catch (error) {
      throw new NoServer(`No simulator answers at ${this.url}: ${reason(error)}`, { cause: error });
    }
    if (answer.ok) return answer;
    const text = await answer.text();
    throw new Refused(answer.status, `${method} ${path}: ${sentence(text) || answer.statusText}`);
  }
}

/** A value as one segment of a path. */
export function inPath(value: string): string {
  return encodeURIComponent(value);
}

function sentence(text: string): string {
  try {
    const problem = JSON.parse(text) as Schemas["Problem"];
    const errors = (problem.errors ?? []).map(({ field, message }) => `${field}: ${message}`);
    return [problem.detail, ...errors].filter(Boolean).join("\n  ");
  } catch {
    return text.slice(0, 500);
  }
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
