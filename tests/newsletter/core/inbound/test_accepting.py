"""Mail is taken to our own addresses, in every form that we hand out, and to nobody else's."""

import pytest

from newsletter.core.inbound.accepting import accepting

OURS = accepting(
    bounces="Studs@appel.example",
    inbound="svar@appel.example",
    others=("artiklar@appel.example", "", "skåne@äpple.example", "kontakt@annan.example"),
)


@pytest.mark.parametrize(
    "address",
    [
        "studs@appel.example",
        "STUDS@APPEL.EXAMPLE",
        "studs+abc234@appel.example",
        "studs-abc234@appel.example",
        "Studs+anything-at.all@appel.example",
        "svar@appel.example",
        "svar+abc@appel.example",
        "artiklar@appel.example",
        "skåne@äpple.example",
        "skåne@xn--pple-koa.example",
        "kontakt@annan.example",
        "postmaster@appel.example",
        "Postmaster@annan.example",
    ],
)
def test_an_address_of_ours_is_taken(address: str) -> None:
    assert OURS.takes(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "studs",
        "studs@annan.example",
        "studs+x@annan.example",
        "studsar@appel.example",
        "svar-abc@appel.example",
        "artiklar+x@appel.example",
        "anna@appel.example",
        "studs+x@appel.example@relay.example",
        "studs%annan.example@appel.example",
        '"studs+x"@appel.example',
        "studs+x@appel.example.annan.example",
        "studs+\x00@appel.example",
        "studs+" + "x" * 60 + "@appel.example",
        "studs+\udcff@appel.example",
    ],
)
def test_no_other_is(address: str) -> None:
    assert not OURS.takes(address)


def test_where_nothing_is_set_up_nothing_is_taken() -> None:
    nothing = accepting(bounces="")
    assert not any(map(nothing.takes, ["", "a@b.example", "+x@", "-@", "postmaster@"]))
