"""Sends with ``braze-client`` of PyPI for sending.py, on a Python that can import it.

    python braze_client_peer.py URL REQUESTS OBJECTS THREADS

A line on the input asks for a round, whose seconds are printed. Every thread has a client of its
own, since one keeps the address of its request. It does not import anything of this project, and
runs on Python 3.10.
"""

import sys
import threading
import time
from queue import Empty, SimpleQueue

from braze.client import BrazeClient  # type: ignore[import-not-found]  # in a venv of its own


def once(url: str, requests: int, objects: int, threads: int) -> float:
    """Send one round, dicts in.

    Args:
        url: Where the server is.
        requests: How many requests.
        objects: How many people each of them is about.
        threads: On how many threads.
    """
    todo: SimpleQueue[int] = SimpleQueue()
    for number in range(requests):
        todo.put(number)

    def work() -> None:
        client = BrazeClient(api_key="bench", api_url=url)
        try:
            while True:
                begin = todo.get_nowait() * objects
                people = range(begin, begin + objects)
                client.user_track(
                    attributes=[{"external_id": f"u-{one}", "ltv_90d": one + 0.5} for one in people]
                )
        except Empty:
            pass

    workers = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began


if __name__ == "__main__":
    for _ in sys.stdin:
        print(once(sys.argv[1], *map(int, sys.argv[2:5])), flush=True)
