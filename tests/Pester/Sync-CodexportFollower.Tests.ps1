param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')

    # Publishes something new, and waits until the server offers it.
    function Publish([string] $Text) {
        Set-Content "$($master.Home)/.codex/skills/one/SKILL.md" $Text
        Update-CodexportBundle -HomePath $master.Home
        $published = (Get-CodexportStatus -HomePath $master.Home).Revision
        Wait-Until { (Sync-CodexportFollower -StageOnly -HomePath $follower).Revision -eq $published }
    }
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Sync-CodexportFollower' {
    It 'says that there is no news' {
        $result = Sync-CodexportFollower -HomePath $follower
        $result.Status | Should -Be 'Current'
        $result.FilesWritten | Should -Be 0
    }

    It 'fetches only with -StageOnly, and applies without' {
        Publish 'second edition'
        (Sync-CodexportFollower -StageOnly -HomePath $follower).Status | Should -Be 'Staged'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
        $result = Sync-CodexportFollower -HomePath $follower
        $result.Status | Should -Be 'Applied'
        $result.Changes.Path | Should -Be 'skills/one/SKILL.md'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'second edition'
    }

    It 'changes nothing with -WhatIf: <_>' -ForEach '', '-Quick', '-StageOnly' {
        Publish "edition $_"
        $with = $_ ? @{ $_.Substring(1) = $true } : @{}
        $before = Get-Snapshot $follower
        Sync-CodexportFollower @with -HomePath $follower -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $follower | Should -Be $before
    }

    It 'warns of drift on the warning stream, and takes the master''s content' {
        Sync-CodexportFollower -HomePath $follower | Out-Null
        Set-Content $follower/.codex/skills/one/SKILL.md 'mine'
        $result = Sync-CodexportFollower -HomePath $follower -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Drift | Should -Be 'skills/one/SKILL.md'
        $warnings.Message | Should -Be $result.Warnings
    }

    It 'writes what the program prints' {
        $result = Sync-CodexportFollower -HomePath $follower
        Assert-SameField $result (Get-ProgramJson $ProgramPath $follower 'sync', '--apply')
        Publish 'third edition'
        $staged = Sync-CodexportFollower -StageOnly -HomePath $follower
        $staged.Status | Should -Be (Get-ProgramJson $ProgramPath $follower 'sync').status
    }

    It 'has a table and a list' {
        $result = Sync-CodexportFollower -HomePath $follower
        Assert-View $result 'Codexport.Engine.Results.SyncResult'
        Get-TableColumn $result | Should -Be 'Status', 'Revision', 'Written', 'Deleted', 'Drift'
    }

    It 'needs a follower' {
        $none = Join-Path $TestDrive 'none'
        Assert-Error (Get-ErrorOf { Sync-CodexportFollower -HomePath $none }) 'Sync-CodexportFollower' 'NotFollower' 'InvalidOperation' $none
    }

    It 'takes no other way of working beside -Quick' {
        (Get-ErrorOf { Sync-CodexportFollower -Quick -Adopt -HomePath $follower }).FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
    }
}

Describe 'Sync-CodexportFollower -Quick' {
    It 'writes nothing when nothing changed' {
        Sync-CodexportFollower -Quick -HomePath $follower | Should -BeNullOrEmpty
    }

    It 'applies, and tells the person in one line of JSON that is no object' {
        Set-Content "$($master.Home)/.codex/skills/one/SKILL.md" 'edition for hooks'
        Update-CodexportBundle -HomePath $master.Home
        $script:line = $null
        # The age of the process counts as time that the hook has used up, so it may take more than one turn here.
        Wait-Until { $script:line = Sync-CodexportFollower -Quick -HomePath $follower; $script:line -like '*applied*' }
        $line | Should -BeOfType [string]
        ($line | ConvertFrom-Json).PSObject.Properties.Name | Should -Be 'systemMessage'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'edition for hooks'
    }

    It 'tells it as plain text to a shell that starts Codex afterwards, without a word about when it counts' {
        Set-Content "$($master.Home)/.codex/skills/one/SKILL.md" 'edition for shells'
        Update-CodexportBundle -HomePath $master.Home
        $script:line = $null
        Wait-Until { $script:line = Sync-CodexportFollower -Quick -Plain -HomePath $follower; $script:line -like '*applied*' }
        $line | Should -BeLike 'Codexport: applied revision * deleted).'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'edition for shells'
    }

    It 'ends well and in silence in <Name>' -ForEach @(
        @{ Name = 'a home that follows nobody'; Path = 'nobody' }
        @{ Name = 'a home that is not there'; Path = 'not/there' }
    ) {
        $output = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Sync-CodexportFollower -Quick -HomePath '$(Join-Path $TestDrive $Path)'" 2>&1
        $LASTEXITCODE | Should -Be 0
        $output | Should -BeNullOrEmpty
    }

    It 'ends well with broken settings, and tells the person' {
        $settings = Get-Content -Raw $follower/.codexport/local.toml
        try {
            Set-Content $follower/.codexport/local.toml 'role = '
            $output = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Sync-CodexportFollower -Quick -HomePath '$follower'" 2>&1
            $LASTEXITCODE | Should -Be 0
            ($output | ConvertFrom-Json).systemMessage | Should -BeLike '*local.toml*'
        } finally {
            Set-Content $follower/.codexport/local.toml $settings -NoNewline
        }
    }

    It 'ends well with a home that cannot be: <_>' -ForEach 'nosuchdrive:/home', 'Env:/home' {
        $output = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Sync-CodexportFollower -Quick -HomePath '$_'" 2>&1
        $LASTEXITCODE | Should -Be 0
        ($output | ConvertFrom-Json).systemMessage | Should -Match 'nosuchdrive|Environment'
    }

    It 'ends well and in silence when the master is away' {
        Stop-TestMaster $master.Server
        $output = pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; Sync-CodexportFollower -Quick -HomePath '$follower'" 2>&1
        $LASTEXITCODE | Should -Be 0
        $output | Should -BeNullOrEmpty
        $result = Sync-CodexportFollower -HomePath $follower -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Status | Should -Be 'offline'
        $warnings.Message | Should -BeLike '*cannot be reached*'
    }
}
