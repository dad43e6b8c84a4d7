"""What is verified: a function of named arrays with its pullback, made of a layer, a loss or a model, and kept safe."""
