"""The column types. One rule: what is bound and what comes back are canonical Python values, equal on both databases, and
a value that the column could not keep exactly is refused before the database sees it.

SQLite keeps decimals as scaled 64-bit integers and everything else as TEXT or INTEGER (its STRICT tables know no more);
PostgreSQL uses its own types. Text compares by code point on both."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, Integer, Numeric, TypeDecorator
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeEngine

from ..definition.columns import ColumnSpec
from ..kernel.errors import Invalid
from ..kernel.ids import is_id
from ..kernel.problems import Problem
from . import exact_json

INT_LIMIT = 2**63
MAX_DIGITS = 18


class Unstorable(Invalid, DontWrapMixin):
    """A value no column of this type can keep; reaches the caller as it is, not as a database error."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__([Problem(code, params=params)])


def column_type(spec: ColumnSpec) -> TypeEngine[Any]:
    """The real type of a column spec."""
    if spec.kind == "dec":
        return Dec(spec.precision, spec.scale)
    return _SIMPLE[spec.kind]()


class Id(TypeDecorator[str]):
    """An id as lower-case text: TEXT, UUID on PostgreSQL."""

    impl = SqlText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.UUID(as_uuid=False) if native else SqlText())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and not is_id(value):
            raise Unstorable("format", value=str(value)[:80])
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


class Text(TypeDecorator[str]):
    """Text of any length, without NUL or half characters (PostgreSQL can keep neither)."""

    impl = SqlText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(SqlText(collation="C") if dialect.name == "postgresql" else SqlText())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and not storable_text(value):
            raise Unstorable("format")
        return value


def storable_text(value: str) -> bool:
    """Whether both databases keep this text: no NUL, no lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value


class Int(TypeDecorator[int]):
    """A whole number of 64 bits."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "postgresql" else Integer())

    def process_bind_param(self, value: int | Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        whole = int(value)
        if whole != value:
            raise Unstorable("scale", scale=0)
        if not -INT_LIMIT <= whole < INT_LIMIT:
            raise Unstorable("out_of_range", value=value)
        return whole

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


class Dec(TypeDecorator[Decimal]):
    """An exact decimal: INTEGER scaled by 10^scale, NUMERIC(precision, scale) on PostgreSQL."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        if not 0 <= scale <= precision <= MAX_DIGITS:
            raise ValueError(f"no column for {precision} digits, {scale} after the point")
        super().__init__(precision=precision, scale=scale)
        self.precision, self.scale = precision, scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(Numeric(self.precision, self.scale) if native else Integer())

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | int | None:
        if value is None:
            return None
        exact = self.exact(value)
        return exact if dialect.name == "postgresql" else int(exact.scaleb(self.scale))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return Decimal(value)
        return Decimal(int(value)).scaleb(-self.scale, _WIDE)

    def exact(self, value: Decimal | int) -> Decimal:
        """The value with exactly `scale` places. Raises Unstorable `scale` or `out_of_range`; never rounds."""
        if isinstance(value, float):
            raise TypeError("a float never reaches a decimal column")
        number = Decimal(value)
        if not number.is_finite():
            raise Unstorable("out_of_range", value=str(number))
        if abs(number) >= Decimal(1).scaleb(self.precision - self.scale):
            raise Unstorable("out_of_range", value=number)
        quantized = number.quantize(Decimal(1).scaleb(-self.scale), ROUND_DOWN, _WIDE)
        if quantized != number:
            raise Unstorable("scale", scale=self.scale, value=number)
        return quantized


_WIDE = Context(prec=64)


class Day(TypeDecorator[date]):
    """A calendar day: ISO text, DATE on PostgreSQL."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else SqlText())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> date | str | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Instant(TypeDecorator[datetime]):
    """An instant, aware and in UTC: ISO text with microseconds and `Z`, TIMESTAMPTZ on PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(DateTime(timezone=True) if native else SqlText())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a naive datetime never reaches a column")
        return value if dialect.name == "postgresql" else exact_json.instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return None if value is None else value.astimezone(UTC)


class TimeOfDay(TypeDecorator[time]):
    """A time of day in whole seconds: text `HH:MM:SS` on both databases, which sorts as the clock does."""

    impl = SqlText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(SqlText(collation="C") if dialect.name == "postgresql" else SqlText())

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat("seconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> time | None:
        return time.fromisoformat(value) if isinstance(value, str) else value


class Json(TypeDecorator[Any]):
    """JSON with exact decimals: TEXT, JSONB on PostgreSQL (whose order of keys is its own). A list comes back as a tuple."""

    impl = SqlText
    cache_ok = True
    text_only = False

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = dialect.name == "postgresql" and not self.text_only
        return dialect.type_descriptor(postgresql.JSONB(none_as_null=True) if native else SqlText())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = exact_json.dumps(value, sort_keys=not self.text_only)
        if not storable_text(text) or "\\u0000" in text:
            raise Unstorable("format")
        native = dialect.name == "postgresql" and not self.text_only
        return exact_json.loads(text) if native else text

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if isinstance(value, (str, bytes)) and (dialect.name != "postgresql" or self.text_only):
            value = exact_json.loads(value)
        return tuple(value) if isinstance(value, list) else value


class JsonText(Json):
    """JSON kept letter by letter, order of keys included: TEXT on both databases (definitions, audit)."""

    cache_ok = True
    text_only = True


class Bool(TypeDecorator[bool]):
    """True or false: INTEGER 1 or 0, BOOLEAN on PostgreSQL."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Boolean() if dialect.name == "postgresql" else Integer())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> bool | int | None:
        if value is None or dialect.name == "postgresql":
            return value
        return int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


_SIMPLE: dict[str, type[TypeEngine[Any]]] = {
    "id": Id,
    "text": Text,
    "int": Int,
    "day": Day,
    "instant": Instant,
    "time": TimeOfDay,
    "json": Json,
    "bool": Bool,
}
