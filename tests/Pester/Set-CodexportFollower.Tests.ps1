param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    New-Item -ItemType Directory -Force "$master/.codexport/groups/lab" | Out-Null
    Set-Content "$master/.codexport/groups/lab/AGENTS.md" 'of the lab'
    Set-Content -LiteralPath "$master/.codexport/local.toml" "role = 'master'`n[rollout]`nrings = ['canary', 'rest']"
    Update-CodexportBundle -HomePath $master
    $server = Start-TestMaster $ProgramPath $master
    $follower = New-TestFollower ([pscustomobject]@{ Link = (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $master).JoinLink }) (Join-Path $TestDrive 'follower')
    $name = [Environment]::MachineName
}

AfterAll { Stop-TestMaster $server }

Describe 'Set-CodexportFollower' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Set-CodexportFollower $name -Group lab -HomePath $master -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'puts a follower into a group, by the pipeline, in silence; its next sync goes by that' {
        Test-Path $follower/.codex/AGENTS.md | Should -BeFalse
        Get-CodexportFollower -HomePath $master | Set-CodexportFollower -Group lab -HomePath $master | Should -BeNullOrEmpty
        Wait-Until { (Sync-CodexportFollower -HomePath $follower).Status -eq 'Applied' }
        Get-Content $follower/.codex/AGENTS.md | Should -Be 'of the lab'
        (Get-CodexportGroup -HomePath $master).Followers | Should -Be 1
    }

    It 'puts it into a ring, and completes groups and rings' {
        (Set-CodexportFollower $name -Ring canary -HomePath $master -PassThru).Ring | Should -Be 'canary'
        Get-Completion "Set-CodexportFollower x -HomePath '$master' -Group " | Should -Be 'lab'
        Get-Completion "Set-CodexportFollower x -HomePath '$master' -Ring " | Should -Be 'canary', 'rest'
    }

    It 'writes what the program prints' {
        $result = Set-CodexportFollower $name -Group lab -Ring canary -HomePath $master -PassThru
        Assert-SameField $result (Get-ProgramJson $ProgramPath $master 'master', 'followers', 'set', $name, '--group', 'lab', '--ring', 'canary')
    }

    It 'has a table and a list' {
        Assert-View (Set-CodexportFollower $name -Group lab -HomePath $master -PassThru) 'Codexport.Engine.Results.FollowerInfo' -Without BehindMoreThan, RevisionsBehind
    }

    It 'names what is not known, and wants to know where to' {
        Assert-Error (Get-ErrorOf { Set-CodexportFollower nobody -Group lab -HomePath $master }) 'Set-CodexportFollower' 'FollowerNotFound' 'ObjectNotFound' 'nobody'
        Assert-Error (Get-ErrorOf { Set-CodexportFollower $name -Group other -HomePath $master }) 'Set-CodexportFollower' 'GroupNotFound' 'ObjectNotFound' 'other'
        $record = Get-ErrorOf { Set-CodexportFollower $name -HomePath $master }
        Assert-Error $record 'Set-CodexportFollower' 'InvalidUsage' 'InvalidArgument' $record.TargetObject
    }
}
