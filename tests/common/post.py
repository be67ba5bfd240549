"""A mail server for the tests: Debian's aiosmtpd, which keeps what it receives in a folder and misbehaves when told to.

post.py FOLDER PORT [--tls CERT KEY | --starttls CERT KEY] [--login USER:PASSWORD (as in a URL)] [--mechanism NAME]

FOLDER/orders   one line for each connection to come, taken from the top; `always …` stays. Empty, or no file: all is well.
                Each line: STAGE ACT, where STAGE is connect, ehlo, auth, mail, rcpt, data (in the middle of it), end (after it) or quit,
                and ACT a reply such as `450 4.2.0 later`, `slow SECONDS`,
                `hang`, `endless` (a line that does not end; how many bytes of it went out is logged), or `drop` (hang up; at `end` after the mail was kept).
FOLDER/log      what was done, line by line.
FOLDER/N.json   a mail: from, to, tls, user, text.
"""

import argparse
import asyncio
import json
import logging
import pathlib
import ssl
import urllib.parse
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Post(SMTP):
    """One connection."""

    def __init__(self, settings, context):
        self.folder = pathlib.Path(settings.folder)
        self.settings = settings
        clear = context is None
        super().__init__(
            self,
            tls_context=None if settings.tls else context,
            require_starttls=bool(settings.starttls),
            auth_required=bool(settings.login),
            auth_require_tls=not clear and not settings.tls,
            auth_exclude_mechanism=({"LOGIN", "PLAIN"} - {settings.mechanism}) if settings.mechanism else None,
            authenticator=self.check,
            ident="post",
            hostname="post.example.jp",
            loop=asyncio.get_running_loop(),
        )
        self.order = None

    def note(self, line):
        with open(self.folder / "log", "a") as log:
            log.write(line + "\n")

    def take_order(self):
        try:
            lines = (self.folder / "orders").read_text().splitlines()
        except FileNotFoundError:
            lines = []
        if not lines:
            return ("", "")
        if lines[0].startswith("always "):
            lines[0] = lines[0].removeprefix("always ")
        else:
            (self.folder / "orders").write_text("".join(line + "\n" for line in lines[1:]))
        return tuple(lines[0].split(" ", 1))

    async def act(self, stage):
        """Do what is ordered for a stage; the reply to give, if there is one."""
        if self.order[0] != stage:
            return None
        if self.order[1] == "drop":
            self.transport.abort()
            raise ConnectionResetError
        if self.order[1] == "hang":
            await asyncio.sleep(3600)
        if self.order[1] == "endless":
            sent = 0
            try:
                while True:
                    # Not by `drain`, which does not wait for a writer that STARTTLS has given another transport.
                    if self.transport.get_write_buffer_size() < 1_000_000:
                        self._writer.write(b"250 x" * 10_000)
                        sent += 50_000
                    await asyncio.sleep(0.001)
            finally:
                self.note(f"endless {sent}")
        if self.order[1].startswith("slow "):
            await asyncio.sleep(float(self.order[1].removeprefix("slow ")))
            return None
        return self.order[1]

    async def _handle_client(self):
        if self.order is None:  # once more after STARTTLS
            self.note("connect")
            self.order = self.take_order()
            reply = await self.act("connect")
            if reply:
                await self.push(reply)
                self.transport.close()
                return
        await super()._handle_client()

    def check(self, server, session, envelope, mechanism, data):
        self.note(f"login {mechanism}")
        good = isinstance(data, LoginPassword) and b":".join(data).decode() == urllib.parse.unquote(self.settings.login)
        return AuthResult(success=good, handled=False, auth_data=data.login.decode())

    async def smtp_EHLO(self, hostname):
        reply = await self.act("ehlo")
        if reply:
            await self.push(reply)
        else:
            await super().smtp_EHLO(hostname)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.note(f"mail {address}")
        reply = await self.act("mail")
        if not reply:
            envelope.mail_from = address
        return reply or "250 yes"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.note(f"rcpt {address}")
        reply = await self.act("rcpt")
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 yes"

    async def smtp_DATA(self, arg):
        if self.order[0] == "data":
            self.note("data")
            await self.push("354 go on")
            await self._reader.readline()
            await self.act("data")
        await super().smtp_DATA(arg)

    async def handle_DATA(self, server, session, envelope):
        self.note("data")
        reply = await self.act("end") if self.order[1] != "drop" else None
        if not reply:
            number = len(list(self.folder.glob("*.json"))) + 1
            user = session.auth_data.decode() if isinstance(session.auth_data, bytes) else session.auth_data
            mail = {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "tls": session.ssl is not None or self.settings.tls is not None,
                "user": user,
                "text": envelope.content.decode("ascii"),
            }
            part = self.folder / "part"
            part.write_text(json.dumps(mail))
            part.rename(self.folder / f"{number}.json")
            await self.act("end")
        return reply or "250 taken"

    async def handle_exception(self, error):
        self.note(f"fault {error!r}")
        return "500 fault"

    async def handle_QUIT(self, server, session, envelope):
        await self.act("quit")
        return "221 bye"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("port", type=int)
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--starttls", nargs=2)
    parser.add_argument("--login")
    parser.add_argument("--mechanism")
    settings = parser.parse_args()
    # It warns of logins in clear text, which are meant.
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    context = None
    if settings.tls or settings.starttls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*(settings.tls or settings.starttls))
    server = await asyncio.get_running_loop().create_server(
        lambda: Post(settings, context), "127.0.0.1", settings.port, ssl=context if settings.tls else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
