package core

import (
	"path"
	"strings"
)

// mimeTypes are the types of files by how their names end. They are the same
// on every machine, which those of the system are not.
var mimeTypes = map[string]string{
	".avi": "video/x-msvideo", ".bmp": "image/bmp", ".css": "text/css", ".csv": "text/csv", ".doc": "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".flac": "audio/flac",
	".gif": "image/gif", ".gz": "application/gzip", ".heic": "image/heic", ".html": "text/html", ".ics": "text/calendar",
	".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript", ".json": "application/json", ".log": "text/plain",
	".m4a": "audio/mp4", ".md": "text/markdown", ".mkv": "video/x-matroska", ".mov": "video/quicktime", ".mp3": "audio/mpeg",
	".mp4": "video/mp4", ".odp": "application/vnd.oasis.opendocument.presentation",
	".ods": "application/vnd.oasis.opendocument.spreadsheet", ".odt": "application/vnd.oasis.opendocument.text",
	".ogg": "audio/ogg", ".opus": "audio/ogg", ".pdf": "application/pdf", ".png": "image/png",
	".ppt":  "application/vnd.ms-powerpoint",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".svg": "image/svg+xml",
	".tar": "application/x-tar", ".tiff": "image/tiff", ".txt": "text/plain", ".vcf": "text/vcard", ".wav": "audio/wav",
	".webm": "video/webm", ".webp": "image/webp", ".xls": "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xml": "application/xml",
	".zip": "application/zip",
}

func mimeType(name string) string {
	if kind, ok := mimeTypes[strings.ToLower(path.Ext(name))]; ok {
		return kind
	}
	return "application/octet-stream"
}

// HasPreview reports whether there is a small picture of a file.
func (n *Node) HasPreview() bool { return hasPreview(n.MimeType, n.Width) }

func hasPreview(mimeType string, width int) bool {
	switch mimeType {
	case "text/plain", "text/markdown":
		return true
	default:
		return width > 0
	}
}
