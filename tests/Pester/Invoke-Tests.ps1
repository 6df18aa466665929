#requires -Version 7.6
# Runs the Pester tests against a built module and leaves a JUnit report.
param(
    [Parameter(Mandatory)][string] $ModulePath,
    [Parameter(Mandatory)][string] $ProgramPath,
    [Parameter(Mandatory)][string] $ReportPath
)

$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.5
$container = New-PesterContainer -Path (Join-Path $PSScriptRoot '*.Tests.ps1') -Data @{
    ModulePath  = $ModulePath
    ProgramPath = $ProgramPath
}
$configuration = New-PesterConfiguration
$configuration.Run.Container = $container
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputFormat = 'JUnitXml'
$configuration.TestResult.OutputPath = $ReportPath
Invoke-Pester -Configuration $configuration
