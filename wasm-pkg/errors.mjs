// What goes wrong, as objects: `code` is stable, `message` is for people.

export class Refusal extends Error {
  constructor({ code, message, expected, found }) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    if (expected !== undefined) this.expected = expected;
    if (found !== undefined) this.found = found;
  }
}

/** A token was refused. */
export class VerificationError extends Refusal {
  static {
    // A minifier may rename the class; programs compare the name.
    Object.defineProperty(this, "name", { value: "VerificationError" });
  }
}

/** There are no keys to verify with: the desk did not answer, or not with a JWK Set. */
export class KeySetError extends Refusal {
  static {
    Object.defineProperty(this, "name", { value: "KeySetError" });
  }
}

/** What the WebAssembly says, unless it is a refusal. */
export function accepted(Kind, call) {
  const value = JSON.parse(asked(Kind, call) ?? null);
  if (value?.refusal) throw new Kind(value.refusal);
  return value;
}

/** Calls into the WebAssembly, which throws nothing but traps. */
export function asked(Kind, call) {
  try {
    return call();
  } catch {
    // What a trap says is about our code, and no business of whoever sent the token.
    throw new Kind({ code: "internal.trap", message: "the verifier failed" });
  }
}
