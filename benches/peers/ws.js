// The npm package `ws` as it is documented: one `send` per client and message.
// node ws.js PORT CONTROL. It ends with its standard input.
const http = require('http');
const { WebSocketServer } = require('ws');
const { control, message } = require('./node_control.js');

const server = http.createServer();
const wss = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: true });
wss.on('connection', (socket) => socket.on('error', () => {}));
server.on('connection', (socket) => socket.setNoDelay(true));
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
control(Number(process.argv[3]), (count, born) => {
  for (let i = 0; i < count; i++) {
    const text = message(born);
    for (const client of wss.clients) client.send(text);
  }
});
