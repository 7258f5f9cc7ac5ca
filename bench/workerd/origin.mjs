// The helpdesk behind the benchmark: a kilobyte, as fast as Node.js gives it.
import http from "node:http";

const page = "x".repeat(1024);
const server = http.createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": page.length }).end(page);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
