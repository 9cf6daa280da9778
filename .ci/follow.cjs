// Follows the WebSocket door with npm's ws: follow.cjs URL EVENTS
const WebSocket = require("ws");
const [url, events] = process.argv.slice(2);
const socket = new WebSocket(url);
let seen = 0;
socket.on("open", () => socket.send('{"since":0}'));
socket.on("message", (text) => {
  if (seen == events) return; // what came before the server read our close
  console.log(text.toString());
  if (++seen == events) socket.close();
});
