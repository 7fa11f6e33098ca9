// Writes down each whole request; see ProgramBackend.
const http = require('http');

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.stringify(Buffer.concat(chunks).toString('latin1'));
    const plain = body.replace(/[\u007f-\uffff]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
    console.log(`SEEN ${request.method} ${request.url} ${plain}`);
    const answer = `SAW ${request.method} ${request.url}\n`;
    response.writeHead(200, { 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  });
});
server.on('clientError', (error, socket) => {
  console.log(`BAD ${error.code}`);
  socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
});
server.keepAliveTimeout = 60000;
server.listen(0, '127.0.0.1', () => console.log(`PORT ${server.address().port}`));
