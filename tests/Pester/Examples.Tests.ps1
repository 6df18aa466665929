<#
Runs what the help and the documents show, in throw-away homes over loopback. The names that they make up stand for these:

    'codexport://join?...', LINK     the link of this test's master
    master.example.ts.net, H        127.0.0.1
    laptop, NAME                    the follower, by its name or its id; of a backup the newest one's name
    HASH                            the follower's revision

A line of the command line is read as PowerShell reads it, comments included, and 'codexport' is the built program. What concerns the master
runs in the master's home, everything else in the follower's, which follows again before each line. What cannot run is in $notRun with the
reason; it is read instead: each of its commands must be there, and have the parameters and options that are given to it.
#>
param([string] $ModulePath, [string] $ProgramPath)

BeforeDiscovery {
    Import-Module $ModulePath -Force
    $notRun = [ordered]@{
        '^dotnet '                              = 'builds the project'
        '^(dnx|gh) '                            = 'takes what is published from where it is published'
        '^codexport follower join - '           = 'reads the link from standard input; the end-to-end tests pipe one in'
        '^Install-PSResource '                  = 'the gallery; Package.Tests.ps1 installs from a file repository'
        '^codexport master serve|^Start-CodexportMaster(?! .*\|)' = 'serves until it is stopped; Start-CodexportMaster.Tests.ps1 starts and stops it'
        'machines\.txt|^\$results|^\$script'    = 'reaches several machines by SSH; Fleet.Tests.ps1 runs the script'
        '^codexport .*\b(service|timer)\b|(?<!Get-)Codexport(Service|Timer)\b(?!.*-WhatIf)' = 'changes what runs on this machine outside of the homes'
        'identity (export|import|rotate|delegate)|Identity FILE' = 'asks for a passphrase; the tests of Export-, Import-, Set- and Update-CodexportIdentity give one'
        '^Set-CodexportIdentity(?!.*-WhatIf)'   = 'where another key acts, the other examples cannot change the identity''s own; Set-CodexportIdentity.Tests.ps1 has one'
        '\[--'                                  = 'shows what may be left out'
        'dashboard|Dashboard'                   = 'needs a master that serves, and starts a browser; Show-CodexportDashboard.Tests.ps1 has one'
        '-Ring\b|--ring\b|rollout|Rollout'      = 'needs rings, which would hold back what the other lines publish; the tests of these cmdlets and FleetCommandsTests have them'
        'REVISION|3f9a2c71'                     = 'names a revision of some master; Restore-CodexportBundle.Tests.ps1 names one that there is'
    }
    function New-Case([string] $Source, [string] $Code) {
        $reason = $notRun.Keys.Where({ $Code -cmatch $_ }, 'First').ForEach{ $notRun[$_] }
        @{ Source = $Source; Code = $Code; Reason = "$reason" }
    }

    # Join first, so that there is something to look at; leaving and new trust last.
    $names = (Get-Command -Module Codexport).Name | Sort-Object { $_ -match '^(Initialize|Join)-' ? 0 : $_ -match '^(Reset|Remove)-' ? 2 : 1 }, { $_ }
    $help = foreach ($name in $names) {
        foreach ($example in (Get-Help $name -Full).examples.example) { New-Case $name $example.code }
    }
    $documents = foreach ($document in 'README.md', 'docs/fleet-enrolment.md') {
        $text = Get-Content -Raw (Join-Path $PSScriptRoot "../../$document")
        # Blocks, a line at a time, then the code in the tables' columns for the two heads.
        foreach ($block in [regex]::Matches($text, '(?ms)^```\w*\n(.*?)^```')) {
            foreach ($line in $block.Groups[1].Value -split '\n' -ne '') { New-Case $document $line }
        }
        foreach ($row in $text -split '\n' -match '^\| .* \| `.* \| `.*\|$') {
            foreach ($cell in ($row.Trim('|') -split ' \| ')[1, 2]) {
                # Parts of lines that are named beside the whole, such as a switch or 'Get-', are left out.
                $lines = [regex]::Matches($cell, '`([^`]+)`').ForEach{ $_.Groups[1].Value } -cmatch '^codexport |^[A-Z]\w+-[A-Z]' -cnotmatch '^(Approve|Revoke)-\w+$'
                foreach ($line in $lines) { New-Case $document $line }
            }
        }
    }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = (New-Item -ItemType Directory (Join-Path $TestDrive 'follower')).FullName
    New-Item -ItemType Directory $follower/.codex/skills/one | Out-Null
    Set-Content $follower/.codex/skills/one/SKILL.md 'mine'
    # Nothing may be found in the home of the person who runs the tests.
    $saved = $env:HOME
    $env:HOME = (New-Item -ItemType Directory (Join-Path $TestDrive 'nobody')).FullName

    # The group that examples name.
    New-Item -ItemType Directory -Force "$($master.Home)/.codexport/groups/lab" | Out-Null
    Update-CodexportBundle -HomePath $master.Home
    $exported = New-TestMasterHome (Join-Path $TestDrive 'exported')
    $ofMaster = '^codexport master|CodexportService|^(Initialize|Start)-CodexportMaster|CodexportJoinLink|CodexportBundle|Publish-CodexportRevision|CodexportGroup|(?<!Join-|Compare-|Remove-|Sync-)CodexportFollower'

    # A follower that was shut out stays in the book under the same name as the one that joined after it.
    function Get-Follower { Get-CodexportFollower -HomePath $master.Home | Where-Object State -EQ approved | Select-Object -Last 1 }

    function Get-ExampleName([string] $Code) {
        if ($Code -match '[Bb]ackup') { return (Get-CodexportBackup -HomePath $follower | Select-Object -First 1).Name }
        $Code -match '^Get-' ? [Environment]::MachineName : (Get-Follower).Id
    }

    # Whether the follower follows this master, and may.
    function Test-Following {
        $here, $there = $follower, $master.Home | ForEach-Object { Get-CodexportStatus -HomePath $_ -WarningAction Ignore }
        $here.Role -eq 'follower' -and $here.Fingerprint -eq $there.Fingerprint -and (Get-Follower)
    }

    function Resolve-Placeholder([string] $Code) {
        $link = (New-CodexportJoinLink 127.0.0.1 -Port $master.Server.Port -HomePath $master.Home).JoinLink
        $Code -creplace "'codexport://[^']*'", "'$link'" -creplace '\bLINK\b', "'$link'" -creplace 'master\.example\.ts\.net|(?<=--host |JoinLink )H\b', '127.0.0.1' `
            -creplace '\blaptop\b|\bNAME\b', (Get-ExampleName $Code) -creplace '\bHASH\b', (Get-CodexportStatus -HomePath $follower -WarningAction Ignore).Revision
    }

    # 'codexport' of the examples; ends with an error where the program does.
    function codexport {
        $output = & $ProgramPath @args --home $UserHome --no-input 2>&1
        if ($LASTEXITCODE -ne 0) { throw "codexport $args ended with $LASTEXITCODE`: $output" }
    }

    # The commands of a line, those inside of its blocks included.
    function Get-ExampleCommand([string] $Code) {
        $errors = $null
        # Brackets around an option say that it may be left out.
        $line = $Code -match '^codexport ' ? ($Code -replace '[\[\]]') : $Code
        $script = [System.Management.Automation.Language.Parser]::ParseInput($line, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        $script.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
    }

    # What the program's help says of a line's command; the words before the first option name it, and what follows them is its argument.
    function Get-ProgramHelp([string[]] $Words) {
        for ($count = $Words.Count; $count -gt 0; $count--) {
            $help = & $ProgramPath @($Words | Select-Object -First $count) --help 2>&1 | Out-String
            if ($LASTEXITCODE -eq 0) { return $help }
        }
        throw "The program has no command '$Words'."
    }

    function Assert-ProgramLine($Command) {
        $parts = $Command.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text }
        $words = @(foreach ($part in $parts) { if ($part.StartsWith('-')) { break } else { $part } })
        $help = Get-ProgramHelp $words
        foreach ($option in $parts -match '^--?\w') { $help | Should -Match "(?m)^\s.*(?<![\w-])$([regex]::Escape($option))(?![\w-])" }
    }

    # Reads an example that cannot run.
    function Assert-ExampleFit([string] $Code) {
        $commands = @(Get-ExampleCommand $Code)
        $commands.Count | Should -BeGreaterThan 0
        foreach ($command in $commands) {
            $name = $command.GetCommandName()
            if ($name -eq 'codexport') { Assert-ProgramLine $command; continue }
            # A name in a variable is known only when the line runs.
            if (-not $name) { continue }
            if ($name -eq 'dotnet') { Assert-SdkLine $command; continue }
            # Programs of others that need not be here.
            if ($name -in 'dnx', 'gh') { continue }
            Get-BindingError $command | Should -BeNullOrEmpty
        }
    }

    # 'dotnet' with a command that it has, on a project that is there.
    function Assert-SdkLine($Command) {
        $parts = @($Command.CommandElements | ForEach-Object { $_.Extent.Text })
        dotnet $parts[1] --help | Out-String | Should -Match "dotnet $($parts[1])"
        $project = $parts.IndexOf('--project')
        if ($project -gt 0) { Join-Path $PSScriptRoot '../..' $parts[$project + 1] | Should -Exist }
    }

    function Invoke-Example([string] $Code) {
        # A new key would end the follower's trust: identities have a master of their own.
        $UserHome = $Code -match 'CodexportIdentity' ? $exported : $Code -match $ofMaster ? $master.Home : $follower
        if ($Code -notmatch 'join' -and -not (Test-Following)) {
            # A machine that an example has shut out needs an invite that was made after that.
            New-CodexportJoinLink 127.0.0.1 -Port $master.Server.Port -Renew -HomePath $master.Home | Out-Null
            Join-CodexportFollower (Resolve-Placeholder LINK).Trim("'") -Adopt -HomePath $follower -WarningAction Ignore | Out-Null
        }
        $PSDefaultParameterValues = @{ '*-Codexport*:HomePath' = $UserHome; '*-Codexport*:WarningAction' = 'SilentlyContinue'; '*-Codexport*:Confirm' = $false }
        $ErrorActionPreference = 'Stop'
        # The loop takes up the 'break' with which an example leaves its pipeline.
        Push-Location $TestDrive
        try { foreach ($unused in 1) { . ([scriptblock]::Create((Resolve-Placeholder $Code))) } } finally { Pop-Location }
    }
}

AfterAll {
    $env:HOME = $saved
    Stop-TestMaster $master.Server
}

Describe 'the help''s examples' {
    It '<Source>: <Code>' -ForEach $help {
        if ($Reason) { Assert-ExampleFit $Code } else { Invoke-Example $Code }
    }
}

Describe 'the documents'' examples' {
    It '<Source>: <Code>' -ForEach $documents {
        if ($Reason) { Assert-ExampleFit $Code } else { Invoke-Example $Code }
    }
}
