// The Worker with two handles for tests: a clock that can be moved, and a Durable Object that can
// fail or stay silent. Nothing else of the Worker is changed.
import edge, { Desk as RealDesk } from "./worker.mjs";

const systemNow = Date.now;
let aheadMilliseconds = 0;
let object = "up";
const alarms = new WeakMap();

Date.now = () => systemNow() + aheadMilliseconds;

export default edge;

export class Desk extends RealDesk {}

// Requests and calls from the Worker arrive as methods of the class.
for (const name of Object.getOwnPropertyNames(RealDesk.prototype)) {
  const method = RealDesk.prototype[name];
  if (name === "constructor" || typeof method !== "function") continue;
  Desk.prototype[name] = function (...parameters) {
    if (object === "fails") throw new Error("the object was made to fail by a test");
    if (object === "silent") return new Promise((resolve) => setTimeout(resolve, 3_600_000));
    const desk = object === "without storage" ? withoutStorage(this) : withMovedAlarm(this);
    return method.apply(desk, parameters);
  };
}

// The same object, but SQLite refuses every statement.
function withoutStorage(desk) {
  const exec = () => {
    throw new Error("the storage was made to fail by a test");
  };
  return withStorage(desk, { sql: { exec } });
}

// The same object, whose alarm rings by the moved clock: the platform knows only the real one, so what was
// set is set again at the next call after the clock has moved.
function withMovedAlarm(desk) {
  const setAlarm = (at) => {
    alarms.set(desk, { at, aheadMilliseconds });
    return desk.ctx.storage.setAlarm(at - aheadMilliseconds);
  };
  const alarm = alarms.get(desk);
  if (alarm && alarm.aheadMilliseconds !== aheadMilliseconds) setAlarm(alarm.at);
  return withStorage(desk, { sql: desk.ctx.storage.sql, setAlarm });
}

function withStorage(desk, storage) {
  const transactionSync = (work) => desk.ctx.storage.transactionSync(work);
  return Object.create(desk, { ctx: { value: { storage: { ...storage, transactionSync } } } });
}

// PUT {"aheadSeconds": 0, "object": "up" | "fails" | "silent" | "without storage"}
export const control = {
  async fetch(request) {
    const wanted = await request.json();
    aheadMilliseconds = 1000 * (wanted.aheadSeconds ?? 0);
    object = wanted.object ?? "up";
    return new Response(null, { status: 204 });
  },
};
