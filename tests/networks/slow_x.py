"""A network that answers every create after a fixed time, and writes down when each arrived.

`python -m tests.networks.slow_x PORT SECONDS LEDGER`: a process of its own, so that it takes no time from what is
measured. The ledger is one JSON line per create: {"at": epoch seconds, "token", "text"}.
"""

import asyncio
import itertools
import json
import sys
import time

EPOCH_MS = 1288834974657
numbers = itertools.count()


async def main(port: int, seconds: float, ledger_path: str) -> None:
    with open(ledger_path, "a", buffering=1) as ledger:

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    await answer(head.decode(), reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                writer.close()

        async def answer(head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:])
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            if not head.startswith("POST /2/tweets"):
                return send(writer, 200, {"meta": {"result_count": 0}})
            text = json.loads(body)["text"]
            ledger.write(json.dumps({"at": time.time(), "token": headers["authorization"][7:], "text": text}) + "\n")
            await asyncio.sleep(seconds)
            remote_id = str(((int(time.time() * 1000) - EPOCH_MS) << 22) + next(numbers) % (1 << 22))
            send(writer, 201, {"data": {"id": remote_id, "text": text, "edit_history_tweet_ids": [remote_id]}})

        server = await asyncio.start_server(serve, "127.0.0.1", port)
        async with server:
            await server.serve_forever()


def send(writer: asyncio.StreamWriter, status: int, body: dict) -> None:
    raw = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    writer.write(head.encode() + raw)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]))
