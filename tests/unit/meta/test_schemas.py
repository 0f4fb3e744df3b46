"""What a model declares is compiled once: columns, class name, inheritance, and every contradiction is named."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm


class SchemaBase(orm.ParseObject):
    name = orm.property(str)


def test_every_model_has_the_four_base_fields() -> None:
    assert list(SchemaBase.fields()) == ["id", "created_at", "updated_at", "acl", "name"]
    assert [field.path for field in SchemaBase.fields().values()] == [
        "objectId",
        "createdAt",
        "updatedAt",
        "ACL",
        "name",
    ]


def test_a_subclass_shares_the_parse_class_and_adds_fields() -> None:
    class SchemaChild(SchemaBase):
        extra_text = orm.property(str)

    assert SchemaChild.schema.class_name == "SchemaBase"
    assert SchemaChild.schema.columns["extraText"] is SchemaChild.fields()["extra_text"]
    assert "extra_text" not in SchemaBase.fields()


def test_a_mixin_brings_its_fields() -> None:
    class Tagged:
        tags = orm.array(str)

    class SchemaTagged(Tagged, orm.ParseObject):
        pass

    assert SchemaTagged(tags=["a"]).tags == ["a"]
    assert "tags" in SchemaTagged.fields()


def test_a_field_that_a_subclass_replaces_with_something_else_is_gone() -> None:
    class SchemaWithout(SchemaBase):
        name = None  # type: ignore[assignment]

    assert "name" not in SchemaWithout.fields()


def test_the_class_name_may_be_given() -> None:
    class SchemaTrack(orm.ParseObject, class_name="SchemaSong"):
        pass

    assert SchemaTrack.schema.class_name == "SchemaSong"
    assert SchemaTrack.schema.name == "SchemaTrack"


def test_the_tables_cannot_be_changed() -> None:
    tables: Any = SchemaBase.schema.fields
    with pytest.raises(TypeError):
        tables["x"] = 1


@pytest.mark.parametrize("name", ["", "1abc", "a b", "_Mine", "a-b", "x" * 200])
def test_a_class_name_that_the_server_refuses_is_refused_at_once(name: str) -> None:
    with pytest.raises(orm.InvalidClassName):
        type("SchemaBad", (orm.ParseObject,), {}, class_name=name or "1")


@pytest.mark.parametrize("name", ["save", "where", "destroy", "changed", "errors"])
def test_a_field_that_would_hide_a_method_is_refused_with_both_names(name: str) -> None:
    with pytest.raises(orm.DeclarationError, match=f"SchemaHides.{name} would hide ParseObject.{name}"):
        type("SchemaHides", (orm.ParseObject,), {name: orm.property(str)})


@pytest.mark.parametrize("name", ["where", "limit", "first"])
def test_a_scope_that_would_hide_a_query_method_is_refused(name: str) -> None:
    with pytest.raises(orm.DeclarationError, match=f"SchemaScoped.{name} would hide Query.{name}"):
        type("SchemaScoped", (orm.ParseObject,), {name: orm.scope(lambda q: q)})


def test_two_attributes_of_one_column_are_refused() -> None:
    with pytest.raises(orm.DeclarationError, match="are both the column 'title'"):
        type("SchemaTwice", (orm.ParseObject,), {"a": orm.property(str, field="title"), "title": orm.property(str)})


@pytest.mark.parametrize("column", ["a b", "1a", "className", "length", "x" * 64, "é"])
def test_a_column_that_the_server_refuses_or_cuts_is_refused(column: str) -> None:
    with pytest.raises(orm.DeclarationError, match="SchemaBadColumn"):
        type("SchemaBadColumn", (orm.ParseObject,), {"field": orm.property(str, field=column)})


def test_a_wrong_name_suggests_the_right_one() -> None:
    with pytest.raises(orm.UnknownField, match=r"(?i)did you mean 'name'"):
        SchemaBase(nmae="x")
    with pytest.raises(orm.UnknownField, match="nmae"):
        SchemaBase.where(nmae="x")
    with pytest.raises(AttributeError):
        SchemaBase.schema.field("nmae")
