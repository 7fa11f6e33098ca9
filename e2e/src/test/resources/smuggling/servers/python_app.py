"""Writes down each whole request; see ProgramBackend."""
import json
import sys


def app(environ, start_response):
    body = environ["wsgi.input"].read().decode("latin-1")
    # gunicorn takes a body that is cut off for a shorter one.
    if len(body) < int(environ.get("CONTENT_LENGTH") or 0):
        sys.stdout.write("BAD cut off\n")
        sys.stdout.flush()
        raise ConnectionAbortedError
    method, target = environ["REQUEST_METHOD"], environ["RAW_URI"]
    # In one piece, since threads share the output.
    sys.stdout.write(f"SEEN {method} {target} {json.dumps(body)}\n")
    sys.stdout.flush()
    answer = f"SAW {method} {target}\n".encode("latin-1")
    start_response("200 OK", [("content-length", str(len(answer)))])
    return [] if method == "HEAD" else [answer]
