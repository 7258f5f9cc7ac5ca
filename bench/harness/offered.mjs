// Requests that come at a rate of their own, as people's do, whether those before them are answered or not.
//
// Connections that wait for their answers and ask again at once, as wrk's do, find how much a server can do; how long
// anybody waits is then decided by how many connections there are. Besides, wrk adds to what it measured the requests
// that it would have sent meanwhile: one pause of 100 ms in two seconds, of whatever process, becomes a 99th
// percentile of 100 ms, and most surely so for the fastest server, to which it would have sent the most.
import http from "node:http";

import { quantile } from "./statistics.mjs";

// Milliseconds from when a request is due until its answer is there, of 99 in 100. The slowest gate can answer several
// times as many.
export async function p99(url, headers, seconds) {
  const RATE = 1000;
  const CONNECTIONS = 16;
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const begun = performance.now();
  const answers = [];
  for (let sent = 0; sent < RATE * seconds; ) {
    const due = Math.floor(((performance.now() - begun) * RATE) / 1000);
    for (; sent <= due; sent += 1) answers.push(answer(url, { agent, headers }, begun + (1000 * sent) / RATE));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const waited = await Promise.all(answers);
  agent.destroy();
  return quantile(waited, 0.99);
}

const answer = (url, options, due) =>
  new Promise((resolve, reject) => {
    const request = http.get(url, options, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${url}: ${response.statusCode}`));
      response.resume().once("end", () => resolve(performance.now() - due));
    });
    request.once("error", reject);
  });
