param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $follower = New-TestFollower $master (Join-Path $TestDrive 'follower')
    $name = [Environment]::MachineName
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Revoke-CodexportFollower' {
    It 'asks unless it is told not to' {
        Assert-Asking Revoke-CodexportFollower
    }

    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Revoke-CodexportFollower $name -HomePath $master.Home -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'says the name and the id of whom it is about to shut out' {
        $known = Get-CodexportFollower -HomePath $master.Home
        Invoke-OwnSession "Get-CodexportFollower -HomePath '$($master.Home)' | Revoke-CodexportFollower -HomePath '$($master.Home)' -WhatIf" |
            Should -Match ([regex]::Escape("$name ($($known.Id))"))
    }

    It 'shuts a follower out at once, in silence' {
        (Sync-CodexportFollower -HomePath $follower).Status | Should -Be 'Current'
        Get-CodexportFollower -HomePath $master.Home | Revoke-CodexportFollower -HomePath $master.Home -Confirm:$false | Should -BeNullOrEmpty
        Set-Content "$($master.Home)/.codex/AGENTS.md" 'of the team'
        Update-CodexportBundle -HomePath $master.Home
        $script:refused = $null
        Wait-Until {
            try { Sync-CodexportFollower -HomePath $follower | Out-Null } catch { $script:refused = $_ }
            $script:refused
        }
        Assert-Error $refused 'Sync-CodexportFollower' 'CredentialRefused' 'PermissionDenied' $refused.TargetObject
        Test-Path $follower/.codex/AGENTS.md | Should -BeFalse
    }

    It 'writes what the program prints, which has the warning as a field' {
        $result = Revoke-CodexportFollower $name -HomePath $master.Home -Confirm:$false -PassThru -WarningVariable warned -WarningAction SilentlyContinue
        $result.State | Should -Be 'Revoked'
        $printed = Get-ProgramJson $ProgramPath $master.Home 'master', 'followers', 'revoke', $name
        $printed.warnings | Should -Be $warned.Message
        Assert-SameField $result ($printed | Select-Object * -ExcludeProperty warnings)
    }

    It 'warns that links stay in force, and ends them when asked to' {
        $link = (New-CodexportJoinLink localhost -HomePath $master.Home).JoinLink
        Revoke-CodexportFollower $name -HomePath $master.Home -Confirm:$false -WarningVariable warned -WarningAction SilentlyContinue
        $warned.Message | Should -Match 'New-CodexportJoinLink -Renew'
        (New-CodexportJoinLink localhost -HomePath $master.Home).JoinLink | Should -Be $link
        Revoke-CodexportFollower $name -HomePath $master.Home -Confirm:$false -RenewInvite -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
        (New-CodexportJoinLink localhost -HomePath $master.Home).JoinLink | Should -Not -Be $link
    }

    It 'has a table and a list' {
        Assert-View (Revoke-CodexportFollower $name -HomePath $master.Home -Confirm:$false -PassThru) 'Codexport.Engine.Results.FollowerInfo' -Without BehindMoreThan, RevisionsBehind
    }

    It 'names a follower that is not known' {
        $record = Get-ErrorOf { Revoke-CodexportFollower nobody -HomePath $master.Home -Confirm:$false }
        Assert-Error $record 'Revoke-CodexportFollower' 'FollowerNotFound' 'ObjectNotFound' 'nobody'
    }
}
