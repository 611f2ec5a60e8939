package core

// DecodeFields reads a JSON object of texts in its order.
func DecodeFields(text string) ([]Field, error) { return decodeFields(text) }
