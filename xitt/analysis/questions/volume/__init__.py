"""Does the gain go with how much text of a language the encoder was pretrained on?"""
