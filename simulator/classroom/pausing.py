"""A pause of a class: what its trainees send is not carried out until the class goes on.

Own choice: the time of an exercise stands still in a pause, so its work does as well; otherwise a pause would be free time. Pages
can be read. What was under way in a sandbox when the pause began, such as a mail that takes its time, goes on.
"""

from flask import request
from werkzeug.wrappers import Response

from simulator.classroom.teaching import classroom
from simulator.web.errors import problem_page
from simulator.web.looking import is_carried_out
from simulator.web.programs import is_for_programs, problem_document
from simulator.web.visit import visit

READS = ("GET", "HEAD", "OPTIONS")
ALLOWED = ("exercise.say_stuck", "exercise.pass_step", "connect.choose_language")
"""Endpoints that change nothing in the sandbox."""
REFUSAL = "The trainer has paused the class: nothing is carried out until it goes on."


def hold() -> Response | None:
    """Refuse what would change a trainee's sandbox while its class is paused; the trainer's own requests are carried out."""
    if request.method in READS or request.endpoint in ALLOWED or visit().is_trainer or is_carried_out():
        return None
    member = classroom().of_sandbox(visit().sandbox)
    if member is None or member.class_.paused_at is None:
        return None
    return problem_document(409, REFUSAL) if is_for_programs() else problem_page(409, "paused")
