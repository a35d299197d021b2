// Sends the answer of a sign-in on to the application; without scripts the button does.
document.getElementById("form-post").submit();
