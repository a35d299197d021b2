/** A client of vnsim, a mock Visma.net platform. */
export { Api, NoServer, Refused, type Schemas } from "./api.js";
export {
  Clock, type Cookie, type Creation, type Fact, Faults, Inbox, Jobs, Journal, type Message, type Page, Person, Phone, Requests, Sandbox,
} from "./sandbox.js";
export { connect, Server, start, type Started } from "./server.js";
