"""The streaming chat as Gradio's documentation teaches it: ``gr.ChatInterface`` and a growing string."""

import sys

import gradio as gr
from openai import OpenAI

port = int(sys.argv[1])
client = OpenAI(base_url=sys.argv[2], api_key="none")


def predict(message, history):
    messages = [{"role": turn["role"], "content": turn["content"]} for turn in history]
    messages.append({"role": "user", "content": message})
    # The fake provider takes its pace from the model's name; here a person types it.
    stream = client.chat.completions.create(model=message, messages=messages, stream=True)
    text = ""
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            text += chunk.choices[0].delta.content
            yield text


gr.ChatInterface(predict, api_name="chat").launch(server_port=port, quiet=True)
