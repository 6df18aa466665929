#requires -Version 7.6
<#
.SYNOPSIS
    Runs the Pester tests against the module as the built package holds it, and leaves one JUnit report.
.DESCRIPTION
    The package is unpacked as a gallery's client does it. Every test file runs in a PowerShell of its own, two at a time.
.PARAMETER Name
    Which test files, without '.Tests.ps1'; wildcards are allowed.
.PARAMETER ModulePath
    An unpacked module to test in place of the package: the folder that holds a folder for each version.
.PARAMETER PesterPath
    Pester's manifest; that of the package which the build fetches, unless another one is named.
.PARAMETER PwshPath
    The PowerShell to test under; the one that runs this script, unless another one is named. Tests start it as 'pwsh'.
#>
param(
    [SupportsWildcards()][string] $Name = '*',
    [string] $PackagePath,
    [string] $ModulePath,
    [string] $ProgramPath = "$PSScriptRoot/../../artifacts/bin/Codexport.Cli/release/codexport$($IsWindows ? '.exe' : '')",
    [string] $PesterPath,
    [string] $PwshPath = (Join-Path $PSHOME "pwsh$($IsWindows ? '.exe' : '')"),
    [string] $ReportPath
)

$ErrorActionPreference = 'Stop'
$work = Join-Path ([System.IO.Path]::GetTempPath()) "codexport-pester-$PID"

# Where NuGet keeps the Pester that the tests' projects name.
function Get-PesterManifest {
    $version = ([xml] (Get-Content -Raw "$PSScriptRoot/../../Directory.Packages.props")).SelectSingleNode('//PesterVersion').InnerText
    Join-Path ($env:NUGET_PACKAGES ? $env:NUGET_PACKAGES : (Join-Path $HOME '.nuget/packages')) "pester/$version/tools/Pester.psd1"
}

# What NuGet puts into a package beside its content, and takes out when it installs one.
function Expand-Module([string] $Package, [string] $Target) {
    # Without what stands behind the hyphen: a module's folder is named by the numbers alone.
    $version = [System.IO.Path]::GetFileName($Package) -replace '^Codexport\.|(-\w+)?\.nupkg$'
    [System.IO.Compression.ZipFile]::ExtractToDirectory($Package, "$Target/$version")
    Remove-Item -Recurse -Force -LiteralPath "$Target/$version/_rels", "$Target/$version/package", "$Target/$version/[Content_Types].xml", "$Target/$version/Codexport.nuspec"
}

# A file that left no report, or failed outside its tests, counts as one failed test.
function Import-Report($Run, [xml] $Into) {
    $suites = @()
    if (Test-Path -LiteralPath $Run.Report) {
        # What a failed test quotes may hold characters that XML has no place for.
        $text = (Get-Content -Raw -LiteralPath $Run.Report) -replace '[\x00-\x08\x0B\x0C\x0E-\x1F]|&#x(0?[0-8BCEF]|1[0-9A-F]);'
        $suites = @(([xml] $text).SelectNodes('//testsuite'))
    }
    if ($Run.ExitCode -ne 0 -and -not ($suites | Where-Object { $_.SelectNodes('.//failure | .//error').Count -gt 0 })) {
        $suites += ([xml] "<testsuite name='$($Run.Name)'><testcase name='the file can be run' classname='$($Run.Name)'><failure/></testcase></testsuite>").testsuite
    }
    foreach ($suite in $suites) {
        $copy = $Into.ImportNode($suite, $true)
        $copy.SetAttribute('name', $Run.Name)
        [void] $Into.DocumentElement.AppendChild($copy)
    }
}

try {
    if (-not $ModulePath) {
        $PackagePath = $PackagePath ? (Convert-Path -LiteralPath $PackagePath) : (Convert-Path "$PSScriptRoot/../../artifacts/package/Codexport.*.nupkg" | Select-Object -Last 1)
        $ModulePath = Join-Path $work 'modules/Codexport'
        Expand-Module $PackagePath $ModulePath
    }
    $arguments = @{
        ModulePath = Convert-Path -LiteralPath $ModulePath
        ProgramPath = Convert-Path -LiteralPath $ProgramPath
        PesterPath = Convert-Path -LiteralPath ($PesterPath ? $PesterPath : (Get-PesterManifest))
        Script = "$PSScriptRoot/Invoke-TestFile.ps1"
    }
    $env:PATH = (Split-Path (Convert-Path -LiteralPath $PwshPath)) + [System.IO.Path]::PathSeparator + $env:PATH
    New-Item -ItemType Directory -Force $work | Out-Null

    $env:NO_COLOR = '1'

    # The long ones first, so that they do not end alone.
    $files = Get-ChildItem $PSScriptRoot -Filter '*.Tests.ps1' | Where-Object Name -Like "$Name.Tests.ps1" | Sort-Object { $_.Name -notmatch '^(Examples|Help|Start-|Streams|Package)' }, Name
    $runs = $files | ForEach-Object -ThrottleLimit 2 -Parallel {
        $run = @{ Name = $_.Name -replace '\.Tests\.ps1$'; Report = Join-Path $using:work "$($_.Name).xml" }
        $with = $using:arguments
        $run.Output = pwsh -NoProfile -NonInteractive -File $with.Script -Path $_.FullName -ModulePath $with.ModulePath -ProgramPath $with.ProgramPath -PesterPath $with.PesterPath -ReportPath $run.Report 2>&1
        $run.ExitCode = $LASTEXITCODE
        [pscustomobject] $run
    } | ForEach-Object {
        $_.Output | Out-Host
        $_
    }

    [xml] $report = '<testsuites name="Pester" />'
    $runs | Sort-Object Name | ForEach-Object { Import-Report $_ $report }
    if ($ReportPath) { $report.Save([System.IO.Path]::GetFullPath($ReportPath, $PWD.Path)) }
    $failed = $report.SelectNodes('//testcase[failure or error]').Count
    $skipped = $report.SelectNodes('//testcase[skipped]').Count
    $all = $report.SelectNodes('//testcase').Count
    "$($runs.Count) files: $($all - $failed - $skipped) passed, $failed failed, $skipped skipped"
    $report.SelectNodes('//testcase[failure or error]') | ForEach-Object { "failed: $($_.ParentNode.name): $($_.name)" }
} finally {
    if (Test-Path -LiteralPath $work) { Remove-Item -Recurse -Force -LiteralPath $work }
}
exit [int] ($failed -gt 0 -or $all -eq 0)
