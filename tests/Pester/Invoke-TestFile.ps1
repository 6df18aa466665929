#requires -Version 7.6
# Runs one test file in this PowerShell; Invoke-Tests.ps1 starts one for each.
param(
    [Parameter(Mandatory)][string] $Path,
    [Parameter(Mandatory)][string] $ModulePath,
    [Parameter(Mandatory)][string] $ProgramPath,
    [Parameter(Mandatory)][string] $PesterPath,
    [Parameter(Mandatory)][string] $ReportPath
)

$ErrorActionPreference = 'Stop'
# A home of the person who runs the tests must not be found by accident.
$env:CODEX_HOME = $null
# A killed pwsh or .NET process leaves the pipes for its debuggers behind in the temporary folder; without diagnostics it makes none.
$env:DOTNET_EnableDiagnostics = '0'
$env:POWERSHELL_DIAGNOSTICS_OPTOUT = '1'
Import-Module $PesterPath
$configuration = New-PesterConfiguration
$configuration.Run.Container = New-PesterContainer -Path $Path -Data @{ ModulePath = $ModulePath; ProgramPath = $ProgramPath }
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputFormat = 'JUnitXml'
$configuration.TestResult.OutputPath = $ReportPath
Invoke-Pester -Configuration $configuration
