// What the Node servers share: how they are told to publish, and the message of 100 bytes.
const http = require('http');

let seq = 0;
exports.message = (born) => {
  seq += 1;
  const fill = '.'.repeat(50);
  return `{"seq":${String(seq % 1e6).padStart(6)},"fill":"${fill}","ns":${String(born).padStart(20)}}`;
};

// `GET /publish?count=8&born=NS`, answered 204. Without `born`: now, on the system's monotonic clock.
exports.control = (port, publish) => {
  http.createServer((request, answer) => {
    const query = new URL(request.url, 'http://localhost').searchParams;
    publish(Number(query.get('count') || 1), query.get('born') || process.hrtime.bigint());
    answer.writeHead(204).end();
  }).listen({ port, host: '127.0.0.1' });
};

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
