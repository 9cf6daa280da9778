// Server-Sent Events with Node's own http: one `write` per client and message.
// node node_sse.js PORT CONTROL. It ends with its standard input.
const http = require('http');
const { control, message } = require('./node_control.js');

const clients = new Set();
const server = http.createServer((request, answer) => {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  answer.write('retry: 1000\n\n');
  clients.add(answer);
  answer.on('close', () => clients.delete(answer));
});
server.on('connection', (socket) => socket.setNoDelay(true));
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
let id = 0;
control(Number(process.argv[3]), (count, born) => {
  for (let i = 0; i < count; i++) {
    id += 1;
    const text = `id: ${id}\ndata: ${message(born)}\n\n`;
    for (const client of clients) client.write(text);
  }
});
