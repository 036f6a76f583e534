// Who is writing: nobody in particular, or a demo customer who holds a signed token.

import * as api from "./api.js";
import { keep, kept } from "./store.js";

export class Visitor {
  constructor() {
    this.customer = kept("customer"); // {id, name, ..., token}
    this.known = [];
  }

  get token() {
    return this.customer?.token;
  }

  /** Loads the customers that one may be; none where the page signs nobody in. */
  async load(offered) {
    this.known = offered ? await api.customers().catch(() => []) : [];
    if (!offered) this.leave();
    return this.known;
  }

  /** Becomes the customer `id`, or anonymous for an empty one. */
  async become(id) {
    if (!id) return this.leave();
    const { token, customer } = await api.signIn(id);
    this.customer = { ...customer, token };
    keep("customer", this.customer);
    return this.customer;
  }

  leave() {
    this.customer = null;
    keep("customer", null);
    return null;
  }

  /** Gets a new token for the same customer after the old one ran out. */
  async renew() {
    try {
      await this.become(this.customer?.id);
    } catch (error) {
      this.leave();
      throw error;
    }
  }
}
