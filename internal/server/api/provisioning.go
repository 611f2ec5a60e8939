package api

func provisioningRoutes() []route { return nil }
