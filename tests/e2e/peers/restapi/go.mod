module peer/restapi

go 1.26.0

require github.com/Mastercard/terraform-provider-restapi v1.20.0
