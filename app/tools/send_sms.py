"""Send a text message (SMS) to a resident, prospect or contact."""

from __future__ import annotations

from pydantic import Field

from app.tools.core.tool import ToolArgs

PHRASES: tuple[str, ...] = (
    "text {person} that the package is at the front office",
    "send a sms to {person}: maintenance will arrive between 9 and 11",
    'shoot {person} a text saying "your key is ready"',
    "message {person} by text to call the leasing office about the renewal",
    "text {person} to say the water will be off {date}",
    "send {person} a text: your rent is due",
    "txt {person} we found your keys",
    "can you text {person} and tell them their package arrived",
    'sms {person} "please move your car"',
    "let {person} know by text that the pool is closed",
    "send a text message to {person} saying the tech is on the way",
    "text {phone}: we have your package",
    "text {phone} that the gate code changed",
    "ping {person} by text and say we'll be late",
    "drop {person} a text that parking is full",
    "text {person}: see you at 5",
    "shoot a text to {person} letting them know the plumber is coming",
    "send an sms to {person} telling him the elevator is down",
    "text message {person} that the office closes early",
    "tell {person} by text message the appointment moved",
    "text {person} asking her to call us back",
    "send text to {person} - rent reminder",
    "could you text {person} to remind her about the inspection",
    "fire off a text to {person} saying we're running late",
    "i want to text {person} that her unit is ready",
    'text {person} "hello there"',
    "let {person} know via sms that maintenance is done",
    "sms to {phone} saying we will call back",
    "message {person} on their cell: gate is fixed",
    "have a text go out to {person} that the water is back on",
    "send {phone} a message saying hi",
    "text back {person} that it's ok",
    "text {person} we will be there soon",
    "reply to {person} by text that we got the form",
)


class Args(ToolArgs):
    recipient: str = Field(description="Recipient name or phone number")
    message: str = Field(description="Text of the message")
