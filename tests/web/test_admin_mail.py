"""Mail settings against real servers: what arrives, and what is said when nothing does."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask

from dougong.actions.installation import Installation
from tests.web.mailbox import certificate, free_port, mailbox
from tests.web.visiting import Visitor, words

PORT = free_port()
PASSWORD = "app code 123"


@pytest.fixture
def admin(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """The admin of an installation that allows the port of this test and trusts its certificate."""
    inst: Installation = app.extensions["dougong"]
    app.extensions["dougong"] = replace(inst, settings=replace(inst.settings, mail_ports=f"25,{PORT}"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
    visitor = Visitor(app).sign_in()
    visitor.get("/admin/mail")
    yield visitor
    visitor.get("/admin/mail")
    visitor.post("/admin/mail/forget")
    app.extensions["dougong"] = inst


def _set(admin: Visitor, **more: str) -> str:
    given = {
        "host": "localhost", "port": str(PORT), "security": "none", "login": "", "password": "",
        "sender": "office@demo.test", "sender_name": "恒拓 办公室", **more,
    }  # fmt: skip
    return words(admin.post("/admin/mail", follow=True, **given))


def _try(admin: Visitor, to: str = "boss@demo.test") -> str:
    admin.get("/admin/mail")
    return words(admin.post("/admin/mail/test", to=to))


def test_starttls_and_a_password(admin: Visitor, tmp_path: Path) -> None:
    assert "已保存" in _set(admin, security="starttls", login="mailer", password=PASSWORD)
    with mailbox(PORT, tmp_path, security="starttls", password=PASSWORD) as box:
        assert "服务器已收下给 boss@demo.test 的邮件" in _try(admin)
        assert "不接受收件地址 nobody@demo.test：5.1.1" in _try(admin, "nobody@demo.test") or "no such mailbox" in _try(
            admin, "nobody@demo.test"
        )
        _set(admin, security="starttls", login="mailer", password="wrong")
        assert "不接受这个账号或密码" in _try(admin)
    (sent,) = box.mails
    mail = message_from_bytes(sent.content, policy=policy.default)
    assert mail["From"] == "恒拓 办公室 <office@demo.test>"
    assert mail["To"] == "boss@demo.test"
    assert "演示" in mail.get_content()


def test_tls_from_the_start(admin: Visitor, tmp_path: Path) -> None:
    _set(admin, security="tls")
    with mailbox(PORT, tmp_path, security="tls") as box:
        assert "已收下" in _try(admin)
        _set(admin, security="none")
        assert "加密方式" in _try(admin)
    assert len(box.mails) == 1


def test_what_goes_wrong_is_said_in_words(admin: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(admin)
    assert f"localhost 的 {PORT} 端口不接受连接" in _try(admin)
    _set(admin, host="no-such-server.invalid")
    assert "找不到服务器 no-such-server.invalid" in _try(admin)
    _set(admin, security="starttls")
    with mailbox(PORT, tmp_path) as box:
        assert "不支持 STARTTLS" in _try(admin)
        _set(admin, security="tls")
        assert "没能与 localhost 建立加密连接" in _try(admin)
        _set(admin, sender="spammer@demo.test")
        assert "不接受发件地址 spammer@demo.test" in _try(admin)
    assert box.mails == []
    monkeypatch.delenv("SSL_CERT_FILE")
    _set(admin, security="starttls")
    with mailbox(PORT, tmp_path, security="starttls"):
        assert "localhost 的证书不可信" in _try(admin)


def test_a_server_that_says_nothing_is_given_up(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dougong.notify.mail.TIMEOUT", 0.3)
    _set(admin)
    with socket.create_server(("127.0.0.1", PORT)):
        assert "10 秒内没有回应" in _try(admin)


def test_the_password_never_comes_out(admin: Visitor, app: Flask) -> None:
    _set(admin, security="starttls", login="mailer", password=PASSWORD)
    pages = [admin.get(each).text for each in ("/admin/mail", "/admin/audit")]
    assert not any(PASSWORD in each for each in pages)
    assert "密码 •••" in words(admin.get("/admin/audit?form=-"))
    with app.extensions["dougong"].database.tenant("demo").read() as conn:
        rows = conn.exec_driver_sql("SELECT changes FROM dg_audit").scalars().all()
    assert not any(PASSWORD in str(each) for each in rows)


def test_a_kept_password_goes_to_no_other_server(admin: Visitor) -> None:
    _set(admin, security="starttls", login="mailer", password=PASSWORD)
    assert "已保存" in _set(admin, security="tls", login="mailer")
    assert "必填" in _set(admin, security="tls", login="mailer", host="127.0.0.1")
    assert "必填" in _set(admin, security="tls", login="other")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("host", "", "必填"),
        ("host", "smtp.demo.test\r\nRCPT TO:<x@y.z>", "服务器名称"),
        ("host", "https://smtp.demo.test", "服务器名称"),
        ("host", "a" * 300, "服务器名称"),
        ("port", "22", "25"),
        ("port", "٢٥", "25"),
        ("port", "9" * 400, "25"),
        ("security", "off", "请从"),
        ("sender", "office", "邮箱"),
        ("sender", "a@b.test\r\nBcc: c@d.test", "邮箱"),
        ("sender_name", "很" * 101, "最多 100 个字"),
    ],
)
def test_bad_settings_are_refused_beside_their_field(admin: Visitor, field: str, value: str, said: str) -> None:
    given = {
        "host": "localhost", "port": str(PORT), "security": "none", "login": "", "password": "",
        "sender": "office@demo.test", "sender_name": "", field: value,
    }  # fmt: skip
    refused = admin.post("/admin/mail", **given)
    assert (refused.status_code, said in words(refused)) == (422, True), words(refused)


def test_a_password_is_not_sent_in_the_clear(admin: Visitor) -> None:
    assert "不加密时密码会在路上被看到" in _set(admin, login="mailer", password=PASSWORD)


def test_nothing_typed_becomes_a_header(admin: Visitor, tmp_path: Path) -> None:
    _set(admin, sender_name='办公室\r\nBcc: thief@demo.test "x" <y@z.test>')
    with mailbox(PORT, tmp_path) as box:
        assert "已收下" in _try(admin)
        refused = _try(admin, "boss@demo.test\r\nRCPT TO:<thief@demo.test>")
        assert "邮箱" in refused
    (sent,) = box.mails
    mail = message_from_bytes(sent.content, policy=policy.default)
    assert mail["Bcc"] is None
    assert sent.rcpt_tos == ["boss@demo.test"]


def test_without_a_server_there_is_nothing_to_try(admin: Visitor) -> None:
    admin.post("/admin/mail/forget")
    page = admin.get("/admin/mail")
    assert not re.search(r'action="/admin/mail/test"', page.text)
    assert "还没有设置" in _try(admin)


def test_the_link_to_set_a_password_is_mailed_and_nobody_else_sees_it(
    admin: Visitor, app: Flask, tmp_path: Path
) -> None:
    bob = re.search(r'href="/admin/members/([0-9a-f-]{36})"', admin.get("/admin/members?q=bob").text)
    assert bob
    assert 'value="mail"' not in admin.get(f"/admin/members/{bob[1]}").text
    _set(admin)
    assert 'value="mail"' in admin.get(f"/admin/members/{bob[1]}").text
    refused = admin.post(f"/admin/members/{bob[1]}/password", by="mail")
    assert "不接受连接" in words(refused)
    with mailbox(PORT, tmp_path) as box:
        done = admin.post(f"/admin/members/{bob[1]}/password", by="mail", follow=True)
    assert "/welcome/" not in done.text
    mail = message_from_bytes(box.mails[0].content, policy=policy.default)
    link = re.search(r"http://localhost(/welcome/\S+)", mail.get_content())
    assert link
    assert (mail["To"], Visitor(app).get(link[1]).status_code) == ("bob@demo.test", 200)


def test_mail_is_the_admins(clerk: Visitor) -> None:
    assert clerk.get("/admin/mail").status_code == 403
