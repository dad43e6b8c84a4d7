"""Kind: the parts of one kind, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

from attrs import frozen

from nnframe.errors import ConfigurationError, ConflictError, ContractError
from nnframe.interfaces import Part
from nnframe.registry.distribution import SESSION, canonical
from nnframe.registry.entry import ALIASES, Entry
from nnframe.registry.index import INDEX
from nnframe.registry.preference import preferred_distribution
from nnframe.text import make_line, quote

__all__ = ["Kind"]

T_co = TypeVar("T_co", bound=Part, covariant=True)
C = TypeVar("C", bound=type[Part])


@frozen(eq=False)
class Kind(Generic[T_co]):
    """All parts of one kind, found through the entry points of installed distributions.

    A name is written as it is registered, as one of its aliases, or, where several distributions register it, with
    the distribution in front: ``"nnframe-relu:relu"``. An alias is declared once, by anybody, as an entry point of the
    group ``nnframe.<plural>.aliases`` whose value is the name: ``swish = "silu"``.

    Attributes:
        contract: The interface that its parts are subclasses of.
        plural: What the kind is called; its entry-point group is ``nnframe.<plural>``.
    """

    contract: type[Part]
    plural: str

    @property
    def singular(self) -> str:
        """What one part of the kind is called: ``"layer"``."""
        return self.contract.kind

    @property
    def group(self) -> str:
        """The entry-point group in which distributions register parts of this kind: ``"nnframe.layers"``."""
        return f"nnframe.{self.plural}"

    def get(self, name: str) -> type[T_co]:
        """Return the class registered under ``name``; only its module is imported.

        Raises:
            UnknownPartError: Nobody registers the name; the message says what was probably meant, or who has it.
            ConflictError: Several distributions register the name; the message says how to choose.
            BrokenPartError: The part cannot be imported or breaks its contract; the message says whose it is.
        """
        return cast("type[T_co]", INDEX.load(self.find(name), self.contract))

    def create(self, name: str, /, **options: object) -> T_co:
        """Return a new part: the class registered under ``name``, called with ``options``.

        Raises:
            RegistryError: As ``get``.
            ConfigurationError: The part has no such option, or refuses its value.
        """
        return cast("Callable[..., T_co]", self.get(name))(**options)

    def resolve(self, spec: object) -> T_co:
        """Return the part that ``spec`` describes: a part, a name, or ``{"name": ..., options}``.

        Raises:
            SpecError, RegistryError, ConfigurationError: As ``registry.resolve``.
        """
        from nnframe.registry.spec import resolve

        return resolve(spec, self)

    def find(self, name: str) -> Entry:
        """Return who registers ``name``, without importing it.

        Raises:
            UnknownPartError, ConflictError: As ``get``.
        """
        claims = self.claims(name)
        if len(claims) == 1:
            return claims[0]
        from nnframe.registry import refusals

        if not claims:
            INDEX.refresh()  # It may have been installed since: a notebook need not start again.
            claims = self.claims(name)
        if not claims:
            raise refusals.unknown(name, (self,))
        if len(claims) > 1:
            raise refusals.conflict(self.singular, name, claims)
        return claims[0]

    def register(self, name: str) -> Callable[[C], C]:
        """Register a class in this session, where no distribution exists: ``@registry.layers.register("name")``.

        It stands above ``@frozen``. Running the same cell again replaces the class.

        Raises:
            ConfigurationError: The name is empty, or has a colon.
            ConflictError: A distribution, or another class, has the name.
            ContractError: The class breaks the contract of its kind.
        """
        if not name.strip() or ":" in name:
            raise ConfigurationError(
                f"a part needs a name without a colon (which follows a distribution), got {quote(name)}"
            )

        def decorator(part: C) -> C:
            entry = Entry(self.group, name, f"{part.__module__}:{part.__qualname__}", SESSION)
            for other in self.claims(name):
                if other != entry:
                    raise ConflictError(
                        f"the {self.singular} {quote(name)} cannot be registered: {other.distribution} has the name "
                        f"already ({make_line(other.value, 80)}). Choose another name"
                    )
            INDEX.register(entry, self._checked(part))
            return part

        return decorator

    def unregister(self, name: str) -> None:
        """Forget a class that was registered in this session.

        Raises:
            UnknownPartError: No class was registered under the name in this session.
        """
        if not INDEX.unregister(self.group, name):
            from nnframe.registry.refusals import unknown

            raise unknown(name, (self,))

    def names(self) -> tuple[str, ...]:
        """Return all names in alphabetical order, without importing anything. Aliases are not among them."""
        return tuple(sorted(INDEX.entries(self.group)))

    def aliases(self) -> dict[str, str]:
        """Return each alias with the name that it stands for."""
        return {alias: claims[0].value for alias, claims in sorted(INDEX.entries(self.group + ALIASES).items())}

    def entries(self) -> tuple[Entry, ...]:
        """Return who registers what, by name, without importing anything; contested names more than once."""
        found = INDEX.entries(self.group)
        return tuple(entry for name in sorted(found) for entry in found[name])

    def claims(self, name: str) -> tuple[Entry, ...]:
        """Return who registers ``name``, without importing anything: none, one, or several in conflict."""
        owner, _, local = name.rpartition(":")
        claims = INDEX.claims(self.group, local)
        if not claims:
            targets = {entry.value for entry in INDEX.claims(self.group + ALIASES, local)}
            claims = tuple(entry for target in sorted(targets) for entry in INDEX.claims(self.group, target))
        if owner:
            return tuple(entry for entry in claims if entry.distribution.key == canonical(owner))
        preferred = preferred_distribution(self.group, name)
        return tuple(entry for entry in claims if entry.distribution.key == preferred) or claims

    def __contains__(self, name: str) -> bool:
        """Whether the name, or alias, is known; the part may still turn out to be broken."""
        return bool(self.claims(name))

    def _checked(self, part: type[Part]) -> type[Part]:
        from nnframe.registry.load import check_contract

        try:
            return check_contract(part, self.contract)
        except ContractError as error:
            if "__attrs_attrs__" in part.__dict__:
                raise
            order = f"(@registry.{self.plural}.register stands above @frozen, not below it)"
            raise ContractError(f"{error} {order}") from error

    def __repr__(self) -> str:
        return f"<registry.{self.plural}>"
