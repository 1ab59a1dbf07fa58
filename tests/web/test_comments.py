"""Comments on the record page: said, mended, deleted, and never a way in for markup."""

from __future__ import annotations

import re

from tests.web.test_records import submitted
from tests.web.test_sheets import make_goods
from tests.web.visiting import Visitor, words


def goods(clerk: Visitor, name: str) -> str:
    address = f"/f/shop.goods/{make_goods(clerk, name)}"
    clerk.get(address)
    return address


def say(visitor: Visitor, address: str, text: str, **more: str) -> str:
    """Say it, get the id of the newest comment."""
    visitor.get(f"{address}/trail", htmx=False)
    done = visitor.post(f"{address}/comments", text=text, htmx=True, **more)
    assert done.status_code == 200, words(done)
    found = re.search(r'id="c-([0-9a-f-]{36})"', done.text)
    assert found
    return found[1]


def test_what_is_said_stands_in_the_trail_with_its_lines_and_links(clerk: Visitor) -> None:
    address = goods(clerk, "评钉")
    say(clerk, address, "见 https://example.test/a?b=1&c=2。\n第二行 <b>粗</b> javascript:alert(1)")
    trail = clerk.get(f"{address}/trail", htmx=True).text
    assert 'href="https://example.test/a?b=1&amp;c=2"' in trail
    assert "&lt;b&gt;粗" in trail
    assert 'href="javascript' not in trail
    assert "\n第二行" in trail
    assert "创建" in words(clerk.get(f"{address}/trail"))
    assert "评论" in clerk.get(f"{address}/trail").text


def test_a_comment_that_cannot_be_kept_comes_back_as_typed(clerk: Visitor) -> None:
    address = goods(clerk, "空钉")
    refused = clerk.post(f"{address}/comments", text="字" * 5001, htmx=True)
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#say")
    assert "字" * 5001 in refused.text
    assert "5,000" in refused.text
    assert clerk.post(f"{address}/comments", text="  ").status_code == 422
    assert clerk.post(f"{address}/comments", text="好").headers["Location"].endswith(address)


def test_the_same_form_sent_twice_says_it_once(clerk: Visitor) -> None:
    address = goods(clerk, "双钉")
    for _ in range(2):
        say(clerk, address, "只说一次", key="k-1")
    assert clerk.get(f"{address}/trail", htmx=True).text.count("只说一次") == 1


def test_one_mends_and_deletes_ones_own(clerk: Visitor, other_clerk: Visitor, admin: Visitor) -> None:
    address = goods(clerk, "改钉")
    made = say(clerk, address, "错的 话")
    assert "错的 话" in clerk.get(f"{address}/comments/{made}/edit", htmx=True).text
    assert other_clerk.get(f"{address}/comments/{made}/edit", htmx=True).status_code == 403
    assert other_clerk.post(f"{address}/comments/{made}", text="我改").status_code == 403
    assert clerk.post(f"{address}/comments/{made}", text=" ", htmx=True).status_code == 422
    mended = clerk.post(f"{address}/comments/{made}", text="对的话", htmx=True)
    assert "改过" in words(mended)
    assert "不能恢复" in clerk.get(f"{address}/comments/{made}/ask", htmx=True).text
    gone = clerk.post(f"{address}/comments/{made}/delete", htmx=True)
    assert "已删除" in words(gone)
    left = admin.get(f"{address}/trail", htmx=True).text
    assert "已删除" in left
    assert "对的话" not in left
    assert clerk.post(f"{address}/comments/{made}/delete").status_code == 404


def test_only_who_may_see_the_record_is_offered(clerk: Visitor, admin: Visitor) -> None:
    address = submitted(clerk, "人钉")
    offered = clerk.get(f"{address}/people?q=adm", htmx=True).text
    assert 'data-name="admin"' in offered
    assert "eve" not in clerk.get(f"{address}/people?q=", htmx=True).text
    assert "没有叫这个名字、又能看到这张单的人" in clerk.get(f"{address}/people?q=eve", htmx=True).text
    assert 'data-name="bob"' in admin.get(f"{address}/people?q=B", htmx=True).text


def test_another_members_document_has_no_trail(clerk: Visitor, other_clerk: Visitor) -> None:
    address = submitted(clerk, "隐钉")
    for path in ("trail", "people?q=a", "history", "comments/x", "comments/x/edit", "comments/x/ask"):
        assert other_clerk.get(f"{address}/{path}").status_code == 404, path
    assert other_clerk.post(f"{address}/comments", text="a").status_code == 404
    assert other_clerk.post(f"{address}/comments/x/delete").status_code == 404


def test_the_trail_comes_in_pages_and_is_cut_to_a_field(clerk: Visitor) -> None:
    address = goods(clerk, "页钉")
    for n in range(22):
        say(clerk, address, f"第 {n} 句")
    first = clerk.get(f"{address}/trail", htmx=True).text
    assert (first.count("said-x"), "创建" in first) == (20, False)
    more = re.search(r'hx-get="([^"]*before=[^"]*)"', first)
    assert more
    rest = clerk.get(more[1].replace("&amp;", "&"), htmx=True).text
    assert (rest.count("said-x"), "创建" in rest) == (2, True)
    record = address.rpartition("/")[2]
    clerk.post(clerk.open_form("shop.goods", record), act="save", price="9")
    cut = words(clerk.get(f"{address}/trail?show=changes&field=price", htmx=True))
    assert "9.00" in cut
    assert "创建" in cut
    assert "没人改过" in clerk.get(f"{address}/trail?show=changes&field=kind", htmx=True).text
    hidden = clerk.get(f"{address}/trail?show=changes&field=cost", htmx=True).text
    assert "没人改过" in hidden
    assert 'value="cost"' not in hidden
    assert clerk.get(f"{address}/trail?before=x").status_code == 400
    assert clerk.get(f"{address}/trail?show=nothing").status_code == 200
