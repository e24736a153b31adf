"""The operators of a person, and the people of an operator."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import InvitationForm, OperatorForm, RoleForm, errors_of, submit
from accounts.models import Invitation, Membership
from accounts.selectors import get_operator, members_of, memberships_of, open_invitations
from accounts.services.members import accept, belongs_to, change_role, invite, remove_member, withdraw
from accounts.services.operators import create_operator
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import DomainError

OWNER = Membership.Role.OWNER


@login_required
@require_http_methods(["GET", "POST"])
def operators(request: SignedInRequest) -> HttpResponse:
    """The person's operators; whoever founds one owns it."""
    form = OperatorForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(create_operator, request.user, actor=request.user)):
        messages.success(request, "Your operator is founded. Add its first station next.")
        return redirect("operator:home")
    context = {"form": form, "memberships": memberships_of(request.user)}
    return render(request, "accounts/operators.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def members(request: SignedInRequest, operator_id: UUID) -> HttpResponse:
    """The operator's people; owners invite here."""
    minimum = OWNER if request.method == "POST" else Membership.Role.STAFF
    operator = get_operator(request.user, operator_id, minimum=minimum)
    now = timezone.now()
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(invite, operator, actor=request.user, now=now)):
        messages.success(request, f"{form.cleaned_data['email']} is invited.")
        return redirect("accounts:members", operator_id)
    people = members_of(operator)
    context = {
        "operator": operator,
        "form": form,
        "members": people,
        "invitations": open_invitations(operator, now),
        "roles": Membership.Role.choices,
        "is_owner": any(m.user_id == request.user.pk and m.role == OWNER for m in people),
    }
    return render(request, "accounts/members.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def member_role(request: SignedInRequest, operator_id: UUID, user_id: UUID) -> HttpResponse:
    operator = get_operator(request.user, operator_id, minimum=OWNER)
    membership = get_object_or_404(members_of(operator), user_id=user_id)
    form = RoleForm(request.POST)
    if submit(form, partial(change_role, membership, actor=request.user)):
        messages.success(request, f"{membership.user} is {form.cleaned_data['role']} now.")
    else:
        messages.error(request, errors_of(form))
    return redirect("accounts:members", operator_id)


@login_required
@require_POST
def member_remove(request: SignedInRequest, operator_id: UUID, user_id: UUID) -> HttpResponse:
    """Owners remove anyone; everyone may leave."""
    leaving = user_id == request.user.pk
    operator = get_operator(request.user, operator_id, minimum=Membership.Role.STAFF if leaving else OWNER)
    membership = get_object_or_404(members_of(operator), user_id=user_id)
    try:
        remove_member(membership, actor=request.user)
    except DomainError as refused:
        messages.error(request, refused.detail)
        return redirect("accounts:members", operator_id)
    messages.success(request, f"You left {operator}." if leaving else f"{membership.user} is removed.")
    return redirect("accounts:operators") if leaving else redirect("accounts:members", operator_id)


@login_required
@require_POST
def invitation_withdraw(request: SignedInRequest, operator_id: UUID, invitation_id: UUID) -> HttpResponse:
    operator = get_operator(request.user, operator_id, minimum=OWNER)
    invitation = get_object_or_404(open_invitations(operator, timezone.now()), pk=invitation_id)
    withdraw(invitation, actor=request.user, now=timezone.now())
    messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect("accounts:members", operator_id)


@login_required
@require_http_methods(["GET", "POST"])
def invitation(request: SignedInRequest, token: str) -> HttpResponse:
    """The page behind the link of an invitation's letter."""
    found = get_object_or_404(Invitation.objects.select_related("operator"), token=token)
    now = timezone.now()
    if request.method == "POST":
        try:
            accept(found, user=request.user, now=now)
        except DomainError as refused:
            messages.error(request, refused.detail)
            return redirect("accounts:invitation", token)
        messages.success(request, f"You belong to {found.operator} now.")
        return redirect("operator:home")
    context = {
        "invitation": found,
        "mine": belongs_to(found, request.user),
        "open": found.accepted_at is None and found.expires_at > now,
    }
    return render(request, "accounts/invitation.html", context)
