"""`tokenroof web` as clients meet it: its answers, its refusals, its patience. Prints TAP.

    server.py PROGRAM
"""
import http.client
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

PROGRAM = sys.argv[1]
with open(PROGRAM, "rb") as program:
    SANITIZED = b"AddressSanitizer" in program.read()   # slower and larger: limits of time and memory are not its
number = failed = 0


def check(name, body):
    global number, failed
    number += 1
    try:
        body()
        print(f"ok {number} - {name}", flush=True)
    except Exception as e:  # noqa: BLE001 -- whatever it is, the case failed
        failed += 1
        print(f"not ok {number} - {name}\n# {type(e).__name__}: {str(e)[:400]}", flush=True)


def start(*options):
    server = subprocess.Popen([PROGRAM, "web", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return server, server.stdout.readline().strip()


server, address = start("--port", "0")
if not address.startswith("http://127.0.0.1:"):
    said = server.stderr.read()
    if "without libmicrohttpd" in said:
        print("1..0 # SKIP built without libmicrohttpd")
        sys.exit(0)
    print(f"1..1\nnot ok 1 - it prints its address\n# {address} {said}")
    sys.exit(1)
PORT = int(address.rsplit(":", 1)[1].strip("/"))
OWN = f"127.0.0.1:{PORT}"


def ask(method, path, body=None, headers=None, connection=None):
    c = connection or http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    all_headers = {"Content-Type": "application/json"} if body is not None else {}
    all_headers.update(headers or {})
    c.request(method, path, body=body, headers=all_headers)
    r = c.getresponse()
    data = r.read()
    if connection is None:
        c.close()
    return r.status, dict(r.getheaders()), data


def same(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")


QUESTION = json.dumps({"model": "llama-3.1-70b", "system": "8xh100-sxm", "batch_seq": 64, "context_token": 4096})


def cli(*words):
    return subprocess.run([PROGRAM, *words, "--json"], check=True, stdout=subprocess.PIPE).stdout


def step_is_the_command_lines():
    status, headers, data = ask("POST", "/api/step", QUESTION)
    same(status, 200)
    same(headers["Content-Type"], "application/json")
    same(data, cli("step", "llama-3.1-70b", "8xh100-sxm", "--batch", "64", "--context", "4096"))


def every_verb_answers():
    plain = json.dumps({"model": "llama-3.1-70b", "system": "8xh100-sxm"})
    for verb in ["report", "step", "curve", "roof", "memory", "menu", "tiers", "scale", "lifecycle"]:
        status, _, data = ask("POST", f"/api/{verb}", plain)
        same(status, 200, f"{verb} {data[:200]}")
        same(data, cli(verb, "llama-3.1-70b", "8xh100-sxm"), verb)
    for path, words in [("models/llama-3.1-8b", None), ("explain/R1", ["explain", "R1"]), ("chips", ["chips"])]:
        status, _, data = ask("POST", f"/api/{path}", "{}")
        if words:
            same(data, cli(*words), path)
    status, _, data = ask("POST", "/api/models", '{"model": "llama-3.1-8b"}')
    same(data, cli("models", "llama-3.1-8b"), "models")


def several_questions_are_compared():
    cases = [{"model": "llama-3.1-70b", "system": "8xh100-sxm"},
             {"model": "llama-3.1-70b", "system": "8xh200-sxm", "tp_rank": 4, "request_per_s": 2}]
    status, _, data = ask("POST", "/api/compare", json.dumps({"cases": cases, "isl_token": 4096}))
    same(status, 200, data[:200])
    same(data, cli("compare", "llama-3.1-70b 8xh100-sxm", "llama-3.1-70b 8xh200-sxm --tp 4 --rate 2", "--isl", "4096"))
    shared = {"model": "llama-3.1-8b", "cases": [{"system": "h100-sxm"}, {"system": "h200-sxm"}]}
    status, _, data = ask("POST", "/api/compare", json.dumps(shared))
    same(data, cli("compare", "llama-3.1-8b", "h100-sxm", "h200-sxm"))
    listed = {"model": "llama-3.1-70b", "system": ["8xh100-sxm", "8xh200-sxm"], "price": ["spot", 2.5]}
    status, _, data = ask("POST", "/api/step", json.dumps(listed))
    same(data, cli("step", "llama-3.1-70b", "--system", "8xh100-sxm", "--system", "8xh200-sxm", "--price", "spot,2.5"))
    status, _, data = ask("POST", "/api/whatif", json.dumps(cases[0]))
    same(data, cli("whatif", "llama-3.1-70b", "8xh100-sxm"))


def the_page_is_served():
    status, headers, data = ask("GET", "/")
    same(status, 200)
    assert b"tokenroof" in data
    assert headers["Content-Type"].startswith("text/html")
    for header, part in [("Content-Security-Policy", "default-src 'none'"), ("X-Content-Type-Options", "nosniff")]:
        assert part in headers[header], header
    same(ask("GET", "/", headers={"If-None-Match": headers["ETag"]})[0], 304)
    status, headers, data = ask("HEAD", "/")
    same((status, data), (200, b""))


def refusals_say_why():
    cases = [
        ("GET", "/no-such", None, {}, 404), ("GET", "/../../etc/passwd", None, {}, 404), ("GET", "/%2e%2e/etc/passwd", None, {}, 404),
        ("GET", "/api/step", None, {}, 405), ("DELETE", "/", None, {}, 405), ("POST", "/", "{}", {}, 405),
        ("POST", "/api/step", QUESTION, {"Content-Type": "text/plain"}, 415), ("POST", "/api/nothing", "{}", {}, 404),
        ("POST", "/api/validate", "{}", {}, 404), ("POST", "/api/web", "{}", {}, 404), ("POST", "/api/", "{}", {}, 404),
        ("POST", "/api/step", "{", {}, 400), ("POST", "/api/step", '{"model": 3, "model": 4}', {}, 400),
        ("POST", "/api/step", '{"model": "llama-3.1-70b"}', {}, 400), ("POST", "/api/step", '{"nonsense": 1}', {}, 400),
        ("POST", "/api/step", '{"model": "/etc/passwd", "system": "h100-sxm"}', {}, 400),
        ("POST", "/api/step", '{"model": "../x/config.json", "system": "h100-sxm"}', {}, 400),
        ("POST", "/api/step", '{"model": "llama-3.1-8b", "system": "/etc/passwd"}', {}, 400),
        ("POST", "/api/step", '{"model": "llama-3.1-8b", "system": "h100-sxm", "data": "/etc"}', {}, 400),
        ("POST", "/api/step", '{"model": "llama-3.1-8b", "system": "h100-sxm", "plot": "/tmp/x.svg"}', {}, 400),
        ("POST", "/api/lifecycle", '{"model": "llama-3.1-70b", "system": "8xh100-sxm", "rl_token": ["a"]}', {}, 400),
        ("POST", "/api/models/%2fetc%2fpasswd", "{}", {}, 400),
        ("POST", "/api/step", '{"model": "llama-3.1-405b", "system": "h100-sxm"}', {}, 422),
        ("POST", "/api/compare", '{"cases": [{"model": "llama-3.1-8b", "system": "h100-sxm"}]}', {}, 400),
        ("POST", "/api/compare", '{"model": "llama-3.1-8b", "system": "h100-sxm"}', {}, 400),
        ("POST", "/api/compare", '{"system": "h100-sxm", "cases": [{"model": "llama-3.1-8b"}, {"isl": 5}]}', {}, 400),
        ("POST", "/api/compare", '{"cases": [{"model": "/etc/passwd", "system": "h100-sxm"}, {}]}', {}, 400),
        ("POST", "/api/step", '{"model": ["llama-3.1-8b", "/etc/passwd"], "system": "h100-sxm"}', {}, 400),
        ("POST", "/api/step", '{"model": "llama-3.1-8b", "system": ["h100-sxm", "a/b"]}', {}, 400),
        ("POST", "/api/step", '{"cases": [{"model": "llama-3.1-8b"}]}', {}, 400),
        ("POST", "/api/step", "x" * 1_100_000, {}, 413),
        ("POST", "/api/models/foo", "{}", {}, 404), ("POST", "/api/step/foo", "{}", {}, 404), ("GET", "/%00", None, {}, 404),
        ("POST", "/api/step", QUESTION, {"Content-Type": "application/jsonx"}, 415),
        ("POST", "/api/step", '{"model": "llama-3.1-8b", "system": "h100-sxm", "batch_seq": "1..200000+1"}', {}, 413),
    ]
    for method, path, body, headers, wanted in cases:
        status, _, data = ask(method, path, body, headers)
        same(status, wanted, f"{method} {path} {str(body)[:60]} {data[:200]}")
        error = json.loads(data)["error"]
        assert len(error["text"]) > 8, path


def other_names_and_sites_are_refused():
    same(ask("GET", "/", headers={"Host": "evil.example"})[0], 403)
    same(ask("GET", "/", headers={"Host": f"evil.example:{PORT}"})[0], 403)
    same(ask("POST", "/api/step", QUESTION, {"Origin": "http://evil.example"})[0], 403)
    same(ask("POST", "/api/step", QUESTION, {"Origin": "null"})[0], 403)
    same(ask("POST", "/api/step", QUESTION, {"Origin": f"http://{OWN}"})[0], 200)
    same(ask("GET", "/", headers={"Host": f"localhost:{PORT}"})[0], 200)


def raw(text):
    """The status line of what is answered to these bytes."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as s:
        s.sendall(text.encode())
        return s.recv(2000).decode().partition("\r\n")[0]


def what_could_be_read_in_two_ways_is_refused():
    head = f"POST /api/step HTTP/1.1\r\nHost: {OWN}\r\nContent-Type: application/json\r\n"
    for more in ("Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}   ", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                 "Host: evil.example\r\nContent-Length: 2\r\n\r\n{}"):
        assert " 400 " in raw(head + more), more
    assert " 400 " in raw("GET / HTTP/1.1\r\n\r\n"), "no Host"


def other_addresses_of_this_machine():
    for host, shown in (("localhost", "localhost"), ("::1", "[::1]")):
        other, address = start("--port", "0", "--host", host)
        if host == "::1" and not address:
            continue    # a machine without IPv6
        assert address.startswith(f"http://{shown}:"), address
        c = http.client.HTTPConnection(host, int(address.rsplit(":", 1)[1].strip("/")), timeout=10)
        c.request("GET", "/")
        same(c.getresponse().status, 200)
        other.send_signal(signal.SIGINT)
        same(other.wait(timeout=5), 0)


def peak_mb(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM")) / 1024


def a_storm_of_clients():
    """Of clients that send a byte now and then, and of half-sent requests: TOKENROOF_STORM=10 for ten times as many."""
    times_more = int(os.environ.get("TOKENROOF_STORM", "1"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(1500 * times_more, hard - 100)
    half = f"POST /api/step HTTP/1.1\r\nHost: {OWN}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{"
    others, took, done = [], [], threading.Event()

    def normal():
        while not done.is_set():
            begin = time.monotonic()
            same(ask("POST", "/api/step", QUESTION)[0], 200)
            took.append(time.monotonic() - begin)
            time.sleep(0.005)

    user = threading.Thread(target=normal)
    user.start()
    for i in range(count):
        s = socket.create_connection(("127.0.0.1", PORT))
        s.sendall(half.encode() if i % 3 == 0 else b"GET / HTTP/1.1\r\nHo")
        others.append(s)
    until = time.monotonic() + 2
    while time.monotonic() < until:
        for s in others[::7]:
            try:
                s.send(b"x", socket.MSG_DONTWAIT)
            except OSError:
                pass
    done.set()
    user.join()
    for s in others:
        s.close()
    begin = time.monotonic()
    same(ask("POST", "/api/step", QUESTION)[0], 200)
    after = time.monotonic() - begin
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    took.sort()
    p99 = took[len(took) * 99 // 100]
    print(f"# {count} slow and half-sent connections: of {len(took)} requests beside them p99 {1e3 * p99:.0f} ms (limit 100), "
          f"recovery {after:.3f} s (1), peak {peak_mb(server):.0f} MB (200)")
    assert SANITIZED or (p99 < 0.1 and after < 1 and peak_mb(server) < 200)


def long_answers_come_in_pieces():
    """Three of 50,000 rows, 120 MB each, and short ones beside them."""
    asked = json.dumps({"model": "llama-3.1-70b", "system": "8xh100-sxm", "batch_seq": "1..10000+1" if SANITIZED else "1..50000+1"})
    sizes, begin = [], time.monotonic()

    def long_one():
        status, _, data = ask("POST", "/api/step", asked)
        same(status, 200)
        sizes.append((len(data), data[-3:]))

    clients = [threading.Thread(target=long_one) for _ in range(3)]
    for c in clients:
        c.start()
    short = []
    while any(c.is_alive() for c in clients):
        one = time.monotonic()
        same(ask("POST", "/api/step", QUESTION)[0], 200)
        short.append(time.monotonic() - one)
    print(f"# {len(sizes)} answers of {sizes[0][0] / 1e6:.0f} MB in {time.monotonic() - begin:.1f} s; beside them "
          f"{len(short)} short ones, the slowest {1e3 * max(short):.0f} ms; peak {peak_mb(server):.0f} MB")
    assert len(sizes) == 3 and all(size == sizes[0] and size[1] == b"]\n}" or size[1].endswith(b"}\n") for size in sizes), sizes
    assert SANITIZED or peak_mb(server) < 200


def one_question_has_its_time():
    other, address = start("--port", "0", "--max-seconds", "0.2", "--max-rows", "10000000")
    c = http.client.HTTPConnection("127.0.0.1", int(address.rsplit(":", 1)[1].strip("/")), timeout=30)
    body = json.dumps({"model": "llama-3.1-70b", "system": "8xh100-sxm", "batch_seq": "1..1000000+1"})
    begin = time.monotonic()
    try:
        c.request("POST", "/api/step", body, {"Content-Type": "application/json"})
        r = c.getresponse()
        cut = r.status == 413 or (r.read(), False)[1]
    except http.client.IncompleteRead:
        cut = True
    assert cut and time.monotonic() - begin < 15, "it was not cut short"
    for _ in range(6):      # more than there are workers, all at work when the interrupt comes
        busy = socket.create_connection(("127.0.0.1", c.port))
        busy.sendall(f"POST /api/step HTTP/1.1\r\nHost: 127.0.0.1:{c.port}\r\nContent-Type: application/json\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
    begin = time.monotonic()
    other.send_signal(signal.SIGINT)
    same(other.wait(timeout=5), 0)
    assert time.monotonic() - begin < 1, "too slow to end"


def a_slow_client_holds_up_nobody():
    slow = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(40)]
    for s in slow:
        s.sendall(b"POST /api/step HTTP/1.1\r\nHost: ")
    begin = time.monotonic()
    for _ in range(20):
        same(ask("POST", "/api/step", QUESTION)[0], 200)
    assert time.monotonic() - begin < 5, "others wait"
    deadline = time.monotonic() + 25
    slow[0].settimeout(25)
    while time.monotonic() < deadline:
        try:
            if slow[0].recv(1000) == b"":
                break
        except ConnectionError:
            break
    else:
        raise AssertionError("the slow one is never dropped")
    for s in slow:
        s.close()


def thousands_of_requests():
    bad = []

    def client():
        c = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
        for i in range(250):
            status, _, data = ask("POST", "/api/step", QUESTION, connection=c) if i % 2 else ask("GET", "/", connection=c)
            if status != 200:
                bad.append((status, data[:100]))
        c.close()

    threads = [threading.Thread(target=client) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    same(bad, [])


def malformed_http_is_survived():
    rng = random.Random(7)
    good = f"POST /api/step HTTP/1.1\r\nHost: {OWN}\r\nContent-Type: application/json\r\nContent-Length: {len(QUESTION)}\r\n\r\n{QUESTION}".encode()
    for i in range(3000):
        data = bytearray(good)
        kind = i % 4
        if kind == 0:
            data = bytearray(rng.randbytes(rng.randrange(1, 300)))
        elif kind == 1:
            for _ in range(rng.randrange(1, 12)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        elif kind == 2:
            data = data[: rng.randrange(1, len(data))]
        else:
            at = rng.randrange(len(data))
            data[at:at] = rng.choice([b"\r\n", b"\x00", b"A" * 5000, b"Content-Length: -1\r\n", b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n"])
        try:
            with socket.create_connection(("127.0.0.1", PORT), timeout=5) as s:
                s.sendall(bytes(data))
                s.shutdown(socket.SHUT_WR)
                s.settimeout(0.01)  # a request that was cut short is waited for: not here
                try:
                    s.recv(2000)
                except (TimeoutError, ConnectionError):
                    pass
        except (ConnectionError, TimeoutError, OSError):
            pass
    assert server.poll() is None, "it died"
    same(ask("POST", "/api/step", QUESTION)[0], 200)


def a_taken_port_is_told():
    second = subprocess.run([PROGRAM, "web", "--port", str(PORT)], capture_output=True, text=True, timeout=10)
    same(second.returncode, 3)
    assert "in use" in second.stderr, second.stderr


def it_listens_here_only():
    for line in open("/proc/net/tcp", encoding="ascii").readlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        if state == "0A" and int(local.split(":")[1], 16) == PORT:
            same(local.split(":")[0], "0100007F", "the address")


def an_interrupt_ends_it_cleanly():
    open_one = socket.create_connection(("127.0.0.1", PORT))
    begin = time.monotonic()
    server.send_signal(signal.SIGINT)
    same(server.wait(timeout=5), 0)
    assert time.monotonic() - begin < 2, "too slow"
    same(server.stderr.read(), "")
    open_one.close()


check("a_step_is_the_command_lines_to_the_byte", step_is_the_command_lines)
check("every_verb_answers_as_on_the_command_line", every_verb_answers)
check("several_questions_are_compared", several_questions_are_compared)
check("the_page_is_served_with_its_policy", the_page_is_served)
check("refusals_say_why", refusals_say_why)
check("other_names_and_other_sites_are_refused", other_names_and_sites_are_refused)
check("it_listens_on_this_machine_only", it_listens_here_only)
check("a_slow_client_holds_up_nobody_and_is_dropped", a_slow_client_holds_up_nobody)
check("two_thousand_requests_side_by_side_are_answered", thousands_of_requests)
check("three_thousand_malformed_requests_are_survived", malformed_http_is_survived)
check("what_could_be_read_in_two_ways_is_refused", what_could_be_read_in_two_ways_is_refused)
check("localhost_and_ipv6_are_addresses", other_addresses_of_this_machine)
check("a_storm_of_slow_clients_holds_up_nobody", a_storm_of_clients)
check("long_answers_come_in_pieces", long_answers_come_in_pieces)
check("one_question_has_its_time", one_question_has_its_time)
check("a_taken_port_is_told", a_taken_port_is_told)
check("an_interrupt_ends_it_cleanly", an_interrupt_ends_it_cleanly)
print(f"1..{number}")
if server.poll() is None:
    os.kill(server.pid, signal.SIGKILL)
sys.exit(1 if failed else 0)
