param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
    $first = (Get-CodexportStatus -HomePath $follower).Revision
    Set-Content "$($master.Home)/.codex/skills/one/SKILL.md" 'second edition'
    Update-CodexportBundle -HomePath $master.Home
    $second = (Get-CodexportStatus -HomePath $master.Home).Revision
    Wait-Until { (Sync-CodexportFollower -StageOnly -HomePath $follower).Revision -eq $second }
    Stop-TestMaster $master.Server
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Install-CodexportRevision' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Install-CodexportRevision -HomePath $follower -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'applies what is staged, in silence, without the master' {
        Install-CodexportRevision -HomePath $follower | Should -BeNullOrEmpty
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'second edition'
    }

    It 'goes back to a revision that is kept, by the beginning of its hash' {
        $result = Install-CodexportRevision $first.Substring(0, 10) -HomePath $follower -PassThru
        $result.Status | Should -Be 'Applied'
        $result.Revision | Should -Be $first
        $result.PreviousRevision | Should -Be $second
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
    }

    It 'takes the revision of an object' {
        [pscustomobject]@{ Revision = $second } | Install-CodexportRevision -HomePath $follower
        (Get-CodexportStatus -HomePath $follower).Revision | Should -Be $second
    }

    It 'completes the revisions that are kept' {
        $line = "Install-CodexportRevision -HomePath '$follower' -Revision "
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Sort-Object | Should -Be ($first, $second | Sort-Object)
        $line += $first.Substring(0, 4)
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be $first
    }

    It 'writes what the program prints' {
        $result = Install-CodexportRevision $first -HomePath $follower -PassThru
        Install-CodexportRevision $second -HomePath $follower
        Assert-SameField $result (Get-ProgramJson $ProgramPath $follower 'apply', '--revision', $first)
    }

    It 'has a table and a list' {
        Assert-View (Install-CodexportRevision $second -HomePath $follower -PassThru) 'Codexport.Engine.Results.SyncResult'
    }

    It 'names a revision that is not kept' {
        $gone = '0' * 64
        Assert-Error (Get-ErrorOf { Install-CodexportRevision $gone -HomePath $follower }) 'Install-CodexportRevision' 'RevisionNotFound' 'ObjectNotFound' $gone
    }

    It 'needs a follower' {
        $none = Join-Path $TestDrive 'none'
        Assert-Error (Get-ErrorOf { Install-CodexportRevision -HomePath $none }) 'Install-CodexportRevision' 'NotFollower' 'InvalidOperation' $none
    }
}
